// Plays kept traces side by side: a panel for each chapter, and one clock for all of them. The replay's page and the deck's slides
// arrange its parts.
import { readTrace } from "#shared/tracing/activations.ts";
import type { ReadTrace } from "#shared/tracing/activations.ts";
import type { Happening } from "#shared/tracing/happenings/happening.ts";
import { whatHappened } from "#shared/tracing/what-happened.ts";
import type { ReplayPanel } from "../replay-data.ts";
import { partsIn } from "../scene/parts.ts";
import { createTimeline, isWhole } from "../scene/timeline.ts";
import type { Timeline } from "../scene/timeline.ts";
import type { Theme } from "../theme.ts";
import { button, element, say, seconds } from "./element.ts";
import { sentenceAt, speedChoice } from "./furniture.ts";
import { Panel } from "./panel.ts";
import type { PanelFrame } from "./panel.ts";
import { momentsOf, Scrubber } from "./scrubber.ts";
import type { NamedMoment } from "./scrubber.ts";

/** A chapter's trace, read once for everything that is drawn from it. */
export interface ReplayChapter {
  data: ReplayPanel;
  timeline: Timeline;
  read: ReadTrace;
  happenings: Happening[];
}

interface PlayerOptions {
  theme: () => Theme;
  /** Called when a dot is clicked. Without it, dots can't be clicked. */
  onPick?: (macAddress: string) => void;
  /** Called after each picture. */
  onDraw?: (atMs: number) => void;
}

const speeds = [0.1, 0.25, 0.5, 1, 2, 4] as const;
// With reduced motion, time advances in steps that are slow enough to read.
const calmStepMs = 500;
const speakEveryMs = 5_000;
/** The time between the last event and the end of the slider. */
const afterEndMs = 500;

export class Player {
  readonly chapters: readonly ReplayChapter[];
  /** The bookmarks of all chapters, in the order of time. */
  readonly moments: readonly NamedMoment[];
  readonly endMs: number;
  readonly panels: HTMLElement;
  readonly scrubber: HTMLElement;
  readonly playButton = button("Play", { class: "play" }, () => this.toggle());
  readonly speeds: HTMLElement;
  readonly clock: HTMLElement;
  /** The state in one line, for readers who can't see it. */
  readonly spoken = element("p", { class: "spoken", role: "status", "aria-live": "polite" });
  readonly #options: PlayerOptions;
  readonly #panels: readonly Panel[];
  readonly #scrubber: Scrubber;
  readonly #time = element("strong", {});
  readonly #pace = element("span", { class: "quiet" });
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #speed = 1;
  #atMs = 0;
  #isPlaying = false;
  #selected: string | undefined;
  #frameAtMs = 0;
  #spokenAtMs = 0;
  #isAsked = false;

  constructor(chapters: readonly ReplayPanel[], options: PlayerOptions) {
    this.#options = options;
    this.chapters = chapters.map(readChapter);
    this.#panels = this.chapters.map((chapter) => createPanel(chapter, options.onPick));
    this.endMs = endOf(this.chapters);
    this.moments = namedMoments(this.chapters);
    this.#scrubber = new Scrubber({
      endMs: this.endMs,
      arrivals: this.chapters[0]?.timeline.arrivals(90, this.endMs) ?? [],
      moments: this.moments,
      onSeek: (atMs) => this.seek(atMs),
    });
    this.scrubber = this.#scrubber.element;
    this.speeds = speedChoice(speeds, this.#speed, (speed) => this.#setSpeed(speed));
    this.clock = element("div", { class: "time" }, this.#time, this.#pace);
    this.panels = element(
      "div",
      { class: `panels of-${this.chapters.length}` },
      ...this.#panels.map((panel) => panel.element),
    );
  }

  get atMs(): number {
    return this.#atMs;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** Whether the reader prefers reduced motion. */
  get isCalm(): boolean {
    return this.#calm.matches;
  }

  /** Jumps to a moment and pauses there. */
  seek(atMs: number): void {
    this.pause();
    this.#leap(Math.min(Math.max(0, Number.isFinite(atMs) ? atMs : 0), this.endMs));
    this.#speak();
  }

  /** Plays on, or from the start if it is at the end. */
  play(): void {
    if (this.#atMs >= this.endMs) {
      this.#leap(0);
    }
    this.#isPlaying = true;
    this.#frameAtMs = performance.now();
    this.#showPlay();
    this.redraw();
  }

  pause(): void {
    this.#isPlaying = false;
    this.#showPlay();
  }

  toggle(): void {
    if (this.#isPlaying) {
      this.pause();
      this.#speak();
    } else {
      this.play();
    }
  }

  /** Steps to the next or previous event: of all chapters, or of the selected activation. */
  step(by: 1 | -1): void {
    const found = this.chapters.flatMap(
      ({ timeline }) =>
        (by > 0
          ? timeline.next(this.#atMs, this.#selected)
          : timeline.previous(this.#atMs, this.#selected)) ?? [],
    );
    if (found.length > 0) {
      this.pause();
      this.#atMs = by > 0 ? Math.min(...found) : Math.max(...found);
      this.redraw();
      this.#speak();
    }
  }

  /** Jumps to the next or previous moment with a name. Returns whether there is one. */
  jump(by: 1 | -1): boolean {
    const found =
      by > 0
        ? this.moments.find(({ atMs }) => atMs > this.#atMs + 0.05)
        : this.moments.findLast(({ goToMs }) => goToMs < this.#atMs - 0.05);
    if (found !== undefined) {
      this.seek(found.goToMs);
    }
    return found !== undefined;
  }

  /** One speed faster or slower. */
  changeSpeed(by: 1 | -1): void {
    const at = speeds.indexOf(this.#speed as (typeof speeds)[number]);
    this.#setSpeed(speeds[at + by] ?? this.#speed);
  }

  /** Marks a device's dots. From now on steps go from event to event of this device. */
  select(macAddress: string | undefined): void {
    this.#selected = macAddress;
    this.redraw();
  }

  /** Draws the current moment in the next frame. */
  redraw(): void {
    if (!this.#isAsked) {
      this.#isAsked = true;
      requestAnimationFrame((nowMs) => {
        this.#isAsked = false;
        this.#frame(nowMs);
      });
    }
  }

  /** Draws the current moment immediately. */
  draw(): void {
    if (!this.#draw()) {
      this.redraw();
    }
  }

  #leap(atMs: number): void {
    this.#atMs = atMs;
    this.#panels.forEach((panel) => panel.leap());
    this.redraw();
  }

  #showPlay(): void {
    say(this.playButton, this.#isPlaying ? "Pause" : "Play");
  }

  #setSpeed(speed: number): void {
    this.#speed = speed;
    const input = this.speeds.querySelector<HTMLInputElement>(`input[value="${speed}"]`);
    if (input !== null) {
      input.checked = true;
    }
    this.redraw();
  }

  #speak(): void {
    this.#spokenAtMs = performance.now();
    const counts = this.#panels.map((panel, at) =>
      panel.spoken((this.chapters[at] as ReplayChapter).timeline.at(this.#atMs)),
    );
    say(this.spoken, `At ${seconds(this.#atMs)}: ${counts.join("; ")}.`);
  }

  #frame(nowMs: number): void {
    if (this.#isPlaying) {
      const passedMs = nowMs - this.#frameAtMs;
      if (!this.isCalm || passedMs >= calmStepMs) {
        this.#atMs += Math.max(0, Math.min(passedMs, 1_000)) * this.#speed;
        this.#frameAtMs = nowMs;
      }
      if (this.#atMs >= this.endMs) {
        this.#atMs = this.endMs;
        this.pause();
        this.#speak();
      } else if (nowMs - this.#spokenAtMs > speakEveryMs) {
        this.#speak();
      }
    }
    const isStill = this.#draw();
    if (this.#isPlaying || !isStill) {
      this.redraw();
    }
  }

  /** Returns whether nothing moves any more. A hidden element has no size to draw in. */
  #draw(): boolean {
    if (this.panels.clientWidth === 0) {
      return true;
    }
    const atMs = this.#atMs;
    let isStill = true;
    for (const [at, chapter] of this.chapters.entries()) {
      const frame = frameOf(chapter, {
        atMs,
        speed: this.#speed,
        glides: !this.isCalm,
        theme: this.#options.theme(),
        selected: this.#selected,
        toMs: this.endMs,
      });
      const isStillHere = this.#panels[at]?.draw(frame) ?? true;
      isStill &&= isStillHere;
    }
    say(this.#time, seconds(atMs));
    say(this.#pace, `of ${seconds(this.endMs, 0)}, at ${this.#speed}x`);
    this.#scrubber.show(atMs, `${seconds(atMs)} of ${seconds(this.endMs, 0)}`);
    this.#options.onDraw?.(atMs);
    return isStill;
  }
}

/** Reads a chapter's trace. */
export function readChapter(data: ReplayPanel): ReplayChapter {
  const read = readTrace(data.trace);
  return { data, timeline: createTimeline(data.trace), read, happenings: whatHappened(data.trace, read) };
}

export const endOf = (chapters: readonly ReplayChapter[]): number =>
  Math.max(...chapters.map(({ timeline }) => timeline.endMs)) + afterEndMs;

export const namedMoments = (chapters: readonly ReplayChapter[]): NamedMoment[] =>
  momentsOf(
    chapters.map(({ timeline }) => ({
      row: timeline.trace.header.row,
      bookmarks: timeline.bookmarks,
    })),
  );

export function createPanel(
  { data: { title, trace }, timeline }: ReplayChapter,
  onPick?: (macAddress: string) => void,
): Panel {
  return new Panel({
    title,
    parts: partsIn(trace),
    expected: timeline.last.places,
    isWhole: () => isWhole(trace.header.dropped),
    ...(onPick !== undefined && { onPick }),
  });
}

/** What a chapter's panel shows at a moment. */
export function frameOf(
  { timeline, happenings }: ReplayChapter,
  moment: Pick<PanelFrame, "atMs" | "speed" | "glides" | "theme" | "selected" | "toMs">,
): PanelFrame {
  const { atMs } = moment;
  return { ...moment, scene: timeline.at(atMs), fromMs: 0, ...sentenceAt(happenings, atMs) };
}
