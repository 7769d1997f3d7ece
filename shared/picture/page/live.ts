// The live page: running chapters, drawn as their traces come. `npm run live` serves it.
import type { StoryLine } from "#shared/tracing/biography.ts";
import type { Happening } from "#shared/tracing/what-happened.ts";
import { actions, dialRanges, ownHeader } from "#shared/workshop/live/wire.ts";
import type { ActionKey, Dials, Done, LiveData, LivePanel } from "#shared/workshop/live/wire.ts";
import { button, element, say, seconds, wordsOf } from "./element.ts";
import { Feed } from "./feed.ts";
import { Happened, legend, sentenceAt, storySearch, themeButton } from "./furniture.ts";
import { createPageTheme } from "./page-theme.ts";
import { Panel } from "./panel.ts";
import { Stories } from "./stories.ts";

interface Chapter {
  data: LivePanel;
  panel: Panel;
  feed: Feed;
  /** What the last button did, when that was in the trace's time, and until when the page's clock leaves it there to read. */
  did: { text: string; atMs: number; readAtMs: number };
  /** What happened so far. */
  told: readonly Happening[];
}

// The clocks show this much of the past.
const clockMs = 60_000;
const calmStepMs = 1_000;
// The chapters run on the same machine: thirty pictures a second are smooth enough, and leave it to them.
const frameMs = 33;
const speakEveryMs = 10_000;
// Working out what has happened takes at most a fiftieth of the page's time.
const tellEveryMs = 1_000;
const tellShare = 50;
const readForMs = 5_000;
const sayDialAfterMs = 150;

class Live {
  readonly #chapters: Chapter[];
  readonly #theme = createPageTheme();
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #happened: Happened;
  readonly #stories = new Stories({ onClose: () => void this.#select(undefined) });
  readonly #pause = button("Pause", { class: "play" }, () => this.#toggle());
  readonly #clock = element("strong", {});
  readonly #state = element("span", { class: "quiet" });
  readonly #ended = element("p", { class: "remark", role: "alert", hidden: true });
  readonly #live = element("p", { class: "spoken", role: "status", "aria-live": "polite" });
  #isPaused = false;
  #selected: string | undefined;
  #spokenAtMs = 0;
  // A long trace takes a moment, so the first picture comes before it.
  #tellAtMs = performance.now() + tellEveryMs;
  #turn = 0;
  #openedBy: Element | null = null;

  constructor({ panels, dials }: LiveData) {
    this.#chapters = panels.map((data, at) => this.#chapter(data, at));
    this.#happened = new Happened(
      panels.map(({ title }) => title),
      ({ atMs, macAddress }) =>
        macAddress === undefined
          ? undefined
          : { label: `Story at ${seconds(atMs)}`, go: () => void this.#select(macAddress) },
    );
    this.#build(dials);
    document.addEventListener("keydown", (event) => this.#key(event));
    this.#frame();
    document.body.dataset["ready"] = "";
  }

  #chapter(data: LivePanel, at: number): Chapter {
    const feed = new Feed(data.whyNone === undefined ? `/chapters/${at}/events` : undefined, () =>
      this.#showConnection(),
    );
    const panel = new Panel({
      title: data.title,
      parts: data.parts,
      expected: 0,
      isWhole: () => feed.isWhole,
      onPick: (macAddress) => void this.#select(macAddress),
    });
    if (data.whyNone !== undefined) {
      // There is nothing to draw from, but the buttons work.
      const remark = element("p", { class: "remark", role: "note" }, ...wordsOf(data.whyNone));
      panel.element.lastElementChild?.replaceWith(remark);
    }
    return { data, feed, panel, did: { text: "", atMs: 0, readAtMs: 0 }, told: [] };
  }

  #build(dials: Dials): void {
    const names = this.#chapters.map(({ data }) => data.number);
    const [first, second] = names;
    const title =
      second === undefined
        ? `${first}, live`
        : `${first} and ${second}, live: the same customers, the same trouble`;
    const main = document.querySelector("main") ?? document.body;
    main.replaceChildren(
      element(
        "header",
        { class: "top" },
        element(
          "div",
          {},
          element("h1", {}, title),
          element("p", { class: "quiet" }, "Every dot is one activation; click it for its story."),
        ),
        element("div", { class: "time" }, this.#clock, this.#state),
      ),
      this.#ended,
      element("div", { class: "panels" }, ...this.#chapters.map(({ panel }) => panel.element)),
      element(
        "div",
        { class: "controls" },
        element(
          "div",
          { class: "buttons" },
          ...(Object.entries(actions) as [ActionKey, string][]).map(([key, name]) =>
            button(name, { "aria-keyshortcuts": key, title: `${name} (${key})` }, () => void this.#act(key)),
          ),
          storySearch((name) => void this.#select(name.trim().replace(/^(?=\d+$)/, "c-"))),
          this.#pause,
          themeButton(this.#theme),
        ),
        element("div", { class: "dials" }, ...this.#dials(dials)),
        element(
          "p",
          { class: "keys quiet" },
          "Keys: s sends, b sends 20, p a poison device, o an outage, d duplicates on and off, k kills, h heals · ",
          "Space pauses the picture · Esc closes the story",
        ),
      ),
      this.#happened.element,
      legend(),
      this.#stories.element,
      this.#live,
    );
  }

  #dials(dials: Dials): HTMLElement[] {
    return (Object.entries(dialRanges) as [keyof Dials, (typeof dialRanges)[keyof Dials]][]).map(
      ([name, { label, min, max, step }]) => {
        const isShare = max === 1;
        const shown = (value: number) => String(isShare ? Math.round(100 * value) : value);
        const value = element("output", {}, shown(dials[name]));
        const input = element("input", {
          type: "range",
          min,
          max,
          step,
          value: dials[name],
          "aria-label": label,
        });
        let waiting = 0;
        input.addEventListener("input", () => {
          say(value, shown(Number(input.value)));
          clearTimeout(waiting);
          waiting = window.setTimeout(
            () => void this.#post("/dials", { [name]: Number(input.value) }),
            sayDialAfterMs,
          );
        });
        return element("label", {}, element("span", {}, label), input, value);
      },
    );
  }

  async #act(key: ActionKey): Promise<void> {
    const pressedAtMs = this.#chapters.map(({ feed }) => feed.atMs);
    const done = (await this.#post("/actions", { key })) as Done | undefined;
    for (const [at, lines] of (done?.lines ?? []).entries()) {
      const chapter = this.#chapters[at];
      if (chapter !== undefined) {
        const readAtMs = performance.now() + readForMs;
        chapter.did = { text: lines.join(" "), atMs: pressedAtMs[at] ?? 0, readAtMs };
      }
    }
    say(
      this.#live,
      (done?.lines ?? []).map(([line = ""], at) => `${this.#chapters[at]?.data.number}: ${line}`).join(" "),
    );
  }

  /** Asks the server for a change. Resolves with its answer, or undefined if there is none. */
  async #post(path: string, body: object): Promise<unknown> {
    try {
      const response = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json", [ownHeader]: "1" },
        body: JSON.stringify(body),
      });
      return response.ok ? await response.json() : undefined;
    } catch {
      this.#showConnection();
      return undefined;
    }
  }

  #showConnection(): void {
    const gone =
      this.#chapters?.filter(
        ({ feed, data }) => data.whyNone === undefined && !feed.isConnected && feed.scene !== undefined,
      ) ?? [];
    this.#ended.hidden = gone.length === 0;
    if (gone.length > 0) {
      const names = gone.map(({ data }) => data.number).join(" and ");
      say(
        this.#ended,
        `${names} can't be reached: stopped, or starting again. This is the last picture; the page goes on by itself when it can.`,
      );
    }
  }

  #toggle(): void {
    this.#isPaused = !this.#isPaused;
    say(this.#pause, this.#isPaused ? "Go on" : "Pause");
    this.#speak();
  }

  #key(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === "text";
    if (event.key === "Escape") {
      void this.#select(undefined);
    } else if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
      return;
    } else if (Object.hasOwn(actions, event.key)) {
      event.preventDefault();
      void this.#act(event.key as ActionKey);
    } else if (event.key === " " && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      this.#toggle();
    }
  }

  /** Shows the story of an activation, named by its device, its `eventId` or its customer. Without a name, closes the story. */
  async #select(name: string | undefined): Promise<void> {
    if (name === undefined || name === "") {
      this.#selected = undefined;
      if (this.#stories.isOpen) {
        this.#stories.hide();
        if (this.#openedBy instanceof HTMLElement) {
          this.#openedBy.focus();
        }
      }
      return;
    }
    const known = this.#chapters.flatMap(({ feed }) => [...(feed.scene?.activations.values() ?? [])]);
    const found = known.find(({ customer, macAddress, eventId }) =>
      [customer, macAddress, eventId].includes(name),
    );
    const selected = found?.macAddress ?? name;
    this.#selected = selected;
    if (!this.#stories.isOpen) {
      this.#openedBy = document.activeElement;
    }
    const stories = await Promise.all(
      this.#chapters.map(async ({ data }, at) => ({
        title: data.title,
        lines: await storyOf(at, selected),
      })),
    );
    if (this.#selected !== selected) {
      // Closed meanwhile, or another one was wanted.
      return;
    }
    this.#stories.show(found?.customer ?? name, stories);
  }

  #speak(): void {
    this.#spokenAtMs = performance.now();
    const states = this.#chapters.flatMap((chapter) => {
      const { panel, feed } = chapter;
      return feed.scene ? [`${panel.spoken(feed.scene)}. ${lineOf(chapter).sentence}`.trim()] : [];
    });
    say(this.#live, `${this.#isPaused ? "Paused. " : ""}${states.join(" ")}`);
  }

  /** Draws again and again: once a second with reduced motion, and not while the picture is paused. */
  #frame(): void {
    if (!this.#isPaused) {
      this.#draw();
      if (performance.now() - this.#spokenAtMs > speakEveryMs) {
        this.#speak();
      }
    }
    setTimeout(
      () => {
        this.#tell();
        requestAnimationFrame(() => this.#frame());
      },
      this.#calm.matches ? calmStepMs : frameMs / 2,
    );
  }

  /** Works out what has happened, in one chapter per turn, since each takes a few milliseconds. */
  #tell(): void {
    const fromMs = performance.now();
    const at = this.#turn % this.#chapters.length;
    const chapter = this.#chapters[at];
    if (chapter === undefined || this.#isPaused || fromMs < this.#tellAtMs) {
      return;
    }
    const { data, feed } = chapter;
    chapter.told = feed.happened();
    const { toldOf } = feed;
    const note =
      toldOf === undefined
        ? (data.whyNone ?? "")
        : `Of the newest ${toldOf} to whom something happened; all are in the counts.`;
    this.#happened.show(at, chapter.told, note);
    const nowMs = performance.now();
    this.#turn += 1;
    this.#tellAtMs = nowMs + Math.max(tellEveryMs, tellShare * (nowMs - fromMs));
  }

  #draw(): void {
    for (const chapter of this.#chapters) {
      const { panel, feed } = chapter;
      const { scene, atMs } = feed;
      if (scene === undefined) {
        panel.stand(lineOf(chapter));
      } else {
        panel.draw({
          scene,
          atMs,
          speed: 1,
          glides: !this.#calm.matches,
          theme: this.#theme.current(),
          selected: this.#selected,
          fromMs: Math.max(0, atMs - clockMs),
          toMs: Math.max(atMs, clockMs),
          ...lineOf(chapter),
        });
      }
    }
    say(this.#clock, seconds(Math.max(...this.#chapters.map(({ feed }) => feed.atMs)), 0));
    say(
      this.#state,
      this.#chapters.some(({ data, feed }) => data.whyNone === undefined && !feed.isConnected)
        ? "not connected"
        : this.#chapters.some(({ feed }) => feed.isBehind)
          ? "live; reading what came before"
          : "live",
    );
  }
}

/** What the last button did, and after the time to read that, the newest of what has happened since. */
function lineOf({ did, told }: Chapter): { sentence: string; isCalm: boolean } {
  const since = told.filter(({ atMs, isCalm }) => atMs >= did.atMs && isCalm !== true);
  return since.length > 0 && performance.now() > did.readAtMs
    ? sentenceAt(since, Infinity)
    : { sentence: did.text, isCalm: true };
}

async function storyOf(at: number, name: string): Promise<StoryLine[]> {
  try {
    const response = await fetch(`/chapters/${at}/story/${encodeURIComponent(name)}`);
    return response.ok ? ((await response.json()) as StoryLine[]) : [];
  } catch {
    return [];
  }
}

new Live(JSON.parse(document.querySelector("#live")?.textContent ?? "") as LiveData);
