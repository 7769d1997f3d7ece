// The replay of kept traces, in a page that opens from disk. `replay-page.ts` puts this script and the traces into it.
import { readTrace } from "#shared/trace/activations.ts";
import type { ReadTrace } from "#shared/trace/activations.ts";
import { biographyOf } from "#shared/trace/biography.ts";
import { findActivation } from "#shared/trace/find.ts";
import { whatHappened } from "#shared/trace/what-happened.ts";
import type { Happening } from "#shared/trace/happenings/happening.ts";
import type { ReplayData, ReplayPanel } from "../replay-data.ts";
import { partsIn } from "../scene/parts.ts";
import { createTimeline, isWhole } from "../scene/timeline.ts";
import type { Timeline } from "../scene/timeline.ts";
import { button, element, say, seconds } from "./element.ts";
import { happened, legend, speedChoice, storySearch, themeButton } from "./furniture.ts";
import { createPageTheme } from "./page-theme.ts";
import { Panel } from "./panel.ts";
import { momentsOf, Scrubber } from "./scrubber.ts";
import { Stories } from "./stories.ts";

interface Chapter {
  panel: Panel;
  timeline: Timeline;
  data: ReplayPanel;
  read: ReadTrace;
  happenings: Happening[];
}

const speeds = [0.1, 0.25, 0.5, 1, 2, 4] as const;
// With reduced motion, time advances in steps that are slow enough to read.
const calmStepMs = 500;
const speakEveryMs = 5_000;
/** The time between the last event and the end of the slider. */
const afterEndMs = 500;

class Replay {
  readonly #chapters: Chapter[];
  readonly #endMs: number;
  readonly #scrubber: Scrubber;
  readonly #stories: Stories;
  readonly #theme = createPageTheme();
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #play: HTMLButtonElement;
  readonly #clock = element("strong", {});
  readonly #pace = element("span", { class: "quiet" });
  readonly #live = element("p", { class: "spoken", role: "status", "aria-live": "polite" });
  readonly #moments: { atMs: number }[];
  #speed = 1;
  #atMs = 0;
  #isPlaying = false;
  #selected: string | undefined;
  #frameAtMs = 0;
  #spokenAtMs = 0;
  #isAsked = false;
  #openedBy: Element | null = null;

  constructor(data: ReplayData) {
    this.#chapters = data.panels.map((each) => this.#chapter(each));
    this.#endMs = Math.max(...this.#chapters.map(({ timeline }) => timeline.endMs)) + afterEndMs;
    const moments = momentsOf(
      this.#chapters.map(({ timeline }) => ({
        row: timeline.trace.header.row,
        bookmarks: timeline.bookmarks,
      })),
    );
    this.#moments = moments;
    const [first] = this.#chapters;
    this.#scrubber = new Scrubber({
      endMs: this.#endMs,
      arrivals: first?.timeline.arrivals(90, this.#endMs) ?? [],
      moments,
      onSeek: (atMs) => this.seek(atMs),
    });
    this.#stories = new Stories({
      onSeek: (atMs) => this.seek(atMs),
      onClose: () => this.#select(undefined),
    });
    this.#play = button("Play", { class: "play" }, () => this.#toggle());
    this.#build(data);
    this.#theme.onChange(() => this.#ask());
    document.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#ask()).observe(document.documentElement);
  }

  start(): void {
    const { t, select } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    if (select !== undefined) {
      this.#selectByName(select);
    }
    if (t !== undefined) {
      this.seek(Number(t) * 1_000);
    } else if (!this.#calm.matches) {
      this.#toggle();
    }
    this.#ask();
    document.body.dataset["ready"] = "";
  }

  /** Jumps to a moment and pauses there. */
  seek(atMs: number): void {
    this.#pause();
    this.#leap(Math.min(Math.max(0, Number.isFinite(atMs) ? atMs : 0), this.#endMs));
    this.#speak();
  }

  #leap(atMs: number): void {
    this.#atMs = atMs;
    this.#chapters.forEach(({ panel }) => panel.leap());
    this.#ask();
  }

  #chapter(data: ReplayPanel): Chapter {
    const { trace, title } = data;
    const timeline = createTimeline(trace);
    const panel = new Panel({
      title,
      parts: partsIn(trace),
      expected: timeline.last.places,
      isWhole: () => isWhole(trace.header.dropped),
      onPick: (macAddress) => this.#select(macAddress),
    });
    const read = readTrace(trace);
    return { panel, timeline, data, read, happenings: whatHappened(trace, read) };
  }

  #build({ title, source, panels }: ReplayData): void {
    const remarks = panels.flatMap(({ remarks: each }) => each);
    const main = document.querySelector("main") ?? document.body;
    main.replaceChildren(
      element(
        "header",
        { class: "top" },
        element("div", {}, element("h1", {}, title), element("p", { class: "quiet" }, source)),
        element("div", { class: "time" }, this.#clock, this.#pace),
      ),
      ...remarks.map((remark) => element("p", { class: "remark", role: "note" }, remark)),
      element(
        "div",
        { class: `panels of-${this.#chapters.length}` },
        ...this.#chapters.map(({ panel }) => panel.element),
      ),
      this.#controls(),
      happened(this.#chapters, (atMs, macAddress) => this.#go(atMs, macAddress)),
      legend(),
      this.#stories.element,
      this.#live,
    );
  }

  #controls(): HTMLElement {
    return element(
      "div",
      { class: "controls" },
      element(
        "div",
        { class: "buttons" },
        this.#play,
        button("‹", { "aria-label": "Step back", title: "Step back (,)" }, () => this.#step(-1)),
        button("›", { "aria-label": "Step on", title: "Step on (.)" }, () => this.#step(1)),
        speedChoice(speeds, this.#speed, (speed) => this.#setSpeed(speed)),
        storySearch((name) => this.#selectByName(name)),
        themeButton(this.#theme),
      ),
      // The names below it may take several lines, so what follows them may move.
      this.#scrubber.element,
      element(
        "p",
        { class: "keys quiet" },
        "Space plays and pauses · , and . step from event to event, of the customer whose story is open, if one is · ",
        "[ and ] go to the moment with a name · - and + change the speed · Esc closes the story",
      ),
    );
  }

  #toggle(): void {
    if (this.#isPlaying) {
      this.#pause();
      this.#speak();
      return;
    }
    if (this.#atMs >= this.#endMs) {
      this.#leap(0);
    }
    this.#isPlaying = true;
    this.#frameAtMs = performance.now();
    this.#showPlay();
    this.#ask();
  }

  #pause(): void {
    this.#isPlaying = false;
    this.#showPlay();
  }

  #showPlay(): void {
    say(this.#play, this.#isPlaying ? "Pause" : "Play");
  }

  #setSpeed(speed: number): void {
    this.#speed = speed;
    const input = document.querySelector<HTMLInputElement>(`.speeds input[value="${speed}"]`);
    if (input !== null) {
      input.checked = true;
    }
    this.#ask();
  }

  /** Steps to the next or previous event: of all chapters, or of the customer whose story is open. */
  #step(by: 1 | -1): void {
    const found = this.#chapters.flatMap(
      ({ timeline }) =>
        (by > 0
          ? timeline.next(this.#atMs, this.#selected)
          : timeline.previous(this.#atMs, this.#selected)) ?? [],
    );
    if (found.length > 0) {
      this.#pause();
      this.#atMs = by > 0 ? Math.min(...found) : Math.max(...found);
      this.#ask();
      this.#speak();
    }
  }

  #jump(by: 1 | -1): void {
    const found =
      by > 0
        ? this.#moments.find(({ atMs }) => atMs > this.#atMs + 0.05)
        : this.#moments.findLast(({ atMs }) => atMs < this.#atMs - 0.05);
    if (found !== undefined) {
      this.seek(found.atMs);
    }
  }

  #key(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === "text";
    if (event.key === "Escape") {
      this.#select(undefined);
      return;
    }
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const isButton = event.target instanceof HTMLButtonElement;
    const nearest = speeds.indexOf(this.#speed as (typeof speeds)[number]);
    const actions: Record<string, () => void> = {
      " ": () => this.#toggle(),
      ",": () => this.#step(-1),
      ".": () => this.#step(1),
      "[": () => this.#jump(-1),
      "]": () => this.#jump(1),
      "-": () => this.#setSpeed(speeds[nearest - 1] ?? this.#speed),
      "+": () => this.#setSpeed(speeds[nearest + 1] ?? this.#speed),
      d: () => this.#theme.toggle(),
    };
    const action = actions[event.key];
    // The space bar itself presses a button that has the focus.
    if (action !== undefined && !(isButton && event.key === " ")) {
      event.preventDefault();
      action();
    }
  }

  /** Jumps to a moment, and opens the story that tells more about it. */
  #go(atMs: number, macAddress: string | undefined): void {
    this.seek(atMs);
    if (macAddress !== undefined) {
      this.#select(macAddress);
    }
  }

  #selectByName(name: string): void {
    const wanted = name.trim().replace(/^(?=\d+$)/, "c-");
    for (const { read } of this.#chapters) {
      const found = wanted === "" ? undefined : findActivation(read, wanted);
      if (found !== undefined) {
        this.#select(found.macAddress);
        return;
      }
    }
    say(this.#live, `Expected a customer of this run, such as c-1, got "${name.slice(0, 40)}".`);
  }

  #select(macAddress: string | undefined): void {
    this.#selected = macAddress;
    if (macAddress === undefined) {
      if (this.#stories.isOpen) {
        this.#stories.hide();
        if (this.#openedBy instanceof HTMLElement) {
          this.#openedBy.focus();
        }
      }
      this.#ask();
      return;
    }
    if (!this.#stories.isOpen) {
      this.#openedBy = document.activeElement;
    }
    const customer = this.#chapters
      .map(({ read }) => read.find(macAddress)?.customerId ?? "")
      .find((name) => name !== "");
    this.#stories.show(
      customer ?? macAddress,
      this.#chapters.map(({ data, read }) => ({
        title: data.title,
        lines: biographyOf(read.trace, macAddress, data.places, read),
      })),
    );
    this.#ask();
  }

  #speak(): void {
    this.#spokenAtMs = performance.now();
    const counts = this.#chapters.map(({ panel, timeline }) => panel.spoken(timeline.at(this.#atMs)));
    say(this.#live, `At ${seconds(this.#atMs)}: ${counts.join("; ")}.`);
  }

  #ask(): void {
    if (!this.#isAsked) {
      this.#isAsked = true;
      requestAnimationFrame((nowMs) => {
        this.#isAsked = false;
        this.#frame(nowMs);
      });
    }
  }

  #frame(nowMs: number): void {
    const isCalm = this.#calm.matches;
    if (this.#isPlaying) {
      const passedMs = nowMs - this.#frameAtMs;
      if (!isCalm || passedMs >= calmStepMs) {
        this.#atMs += Math.max(0, Math.min(passedMs, 1_000)) * this.#speed;
        this.#frameAtMs = nowMs;
      }
      if (this.#atMs >= this.#endMs) {
        this.#atMs = this.#endMs;
        this.#pause();
        this.#speak();
      } else if (nowMs - this.#spokenAtMs > speakEveryMs) {
        this.#speak();
      }
    }
    const isStill = this.#draw(!isCalm);
    if (this.#isPlaying || !isStill) {
      this.#ask();
    }
  }

  #draw(glides: boolean): boolean {
    const atMs = this.#atMs;
    let isStill = true;
    for (const { panel, timeline, happenings } of this.#chapters) {
      const isStillHere = panel.draw({
        scene: timeline.at(atMs),
        atMs,
        speed: this.#speed,
        glides,
        theme: this.#theme.current(),
        selected: this.#selected,
        fromMs: 0,
        toMs: this.#endMs,
        sentence: sentenceOf(happenings, atMs),
      });
      isStill &&= isStillHere;
    }
    say(this.#clock, seconds(atMs));
    say(this.#pace, `of ${seconds(this.#endMs, 0)}, at ${this.#speed}x`);
    this.#scrubber.show(atMs, `${seconds(atMs)} of ${seconds(this.#endMs, 0)}`);
    this.#stories.mark(atMs);
    return isStill;
  }
}

/** The newest sentence until then, with its moment. */
function sentenceOf(happenings: readonly Happening[], untilMs: number): string {
  const { atMs = 0, text = "" } = happenings.findLast((each) => each.atMs <= untilMs + 0.05) ?? {};
  return text === "" || text.startsWith("At ") ? text : `${seconds(atMs)}: ${text}`;
}

async function unpacked(): Promise<ReplayData> {
  const packed = document.querySelector("#replay")?.textContent ?? "";
  const bytes = Uint8Array.from(atob(packed.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as ReplayData;
}

unpacked()
  .then((data) => new Replay(data).start())
  .catch((error: unknown) => {
    const words = `This replay could not be shown: ${error instanceof Error ? error.message : String(error)}. Make it again with npm run replay.`;
    document.querySelector("main")?.replaceChildren(element("p", { class: "remark", role: "alert" }, words));
  });
