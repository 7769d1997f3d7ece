// The replay of kept traces, in a page that opens from disk. `replay-page.ts` puts this script and the traces into it.
import { biographyOf } from "#shared/tracing/biography.ts";
import { findActivation } from "#shared/tracing/find.ts";
import type { ReplayData } from "../replay-data.ts";
import { button, element, say, seconds, wordsOf } from "./element.ts";
import { Happened, legend, storySearch, themeButton } from "./furniture.ts";
import { createPageTheme } from "./page-theme.ts";
import { Player } from "./player.ts";
import { Stories } from "./stories.ts";
import { unpackReplay } from "./unpack.ts";

class Replay {
  readonly #theme = createPageTheme();
  readonly #player: Player;
  readonly #stories: Stories;
  #openedBy: Element | null = null;

  constructor(data: ReplayData) {
    this.#stories = new Stories({
      onSeek: (atMs) => this.#player.seek(atMs),
      onClose: () => this.#select(undefined),
    });
    this.#player = new Player(data.panels, {
      theme: this.#theme.current,
      onPick: (macAddress) => this.#select(macAddress),
      onDraw: (atMs) => this.#stories.mark(atMs),
    });
    this.#build(data);
    this.#theme.onChange(() => this.#player.redraw());
    document.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#player.redraw()).observe(document.documentElement);
  }

  start(): void {
    const { t, select } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    if (select !== undefined) {
      this.#selectByName(select);
    }
    if (t !== undefined) {
      this.#player.seek(Number(t) * 1_000);
    } else if (!this.#player.isCalm) {
      this.#player.play();
    }
    this.#player.redraw();
    document.body.dataset["ready"] = "";
  }

  #build({ title, source, panels }: ReplayData): void {
    const remarks = panels.flatMap(({ remarks: each }) => each);
    const main = document.querySelector("main") ?? document.body;
    main.replaceChildren(
      element(
        "header",
        { class: "top" },
        element("div", {}, element("h1", {}, title), element("p", { class: "quiet" }, source)),
        this.#player.clock,
      ),
      ...remarks.map((remark) => element("p", { class: "remark", role: "note" }, ...wordsOf(remark))),
      this.#player.panels,
      this.#controls(),
      this.#happened(),
      legend(),
      this.#stories.element,
      this.#player.spoken,
    );
  }

  #happened(): HTMLElement {
    const { chapters } = this.#player;
    const happened = new Happened(
      chapters.map(({ data }) => data.title),
      ({ atMs, macAddress }) => ({
        label: `Go to ${seconds(atMs)}`,
        go: () => this.#go(atMs, macAddress),
      }),
    );
    chapters.forEach(({ happenings }, at) => happened.show(at, happenings));
    return happened.element;
  }

  #controls(): HTMLElement {
    const player = this.#player;
    return element(
      "div",
      { class: "controls" },
      element(
        "div",
        { class: "buttons" },
        player.playButton,
        button("‹", { "aria-label": "Step back", title: "Step back (,)" }, () => player.step(-1)),
        button("›", { "aria-label": "Step on", title: "Step on (.)" }, () => player.step(1)),
        player.speeds,
        storySearch((name) => this.#selectByName(name)),
        themeButton(this.#theme),
      ),
      // The names below it may take several lines, so what follows them may move.
      player.scrubber,
      element(
        "p",
        { class: "keys quiet" },
        "Space plays and pauses · , and . step from event to event, of the customer whose story is open, if one is · ",
        "[ and ] go to the moment with a name · - and + change the speed · Esc closes the story",
      ),
    );
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
    const player = this.#player;
    const isButton = event.target instanceof HTMLButtonElement;
    const actions: Record<string, () => void> = {
      " ": () => player.toggle(),
      ",": () => player.step(-1),
      ".": () => player.step(1),
      "[": () => player.jump(-1),
      "]": () => player.jump(1),
      "-": () => player.changeSpeed(-1),
      "+": () => player.changeSpeed(1),
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
    this.#player.seek(atMs);
    if (macAddress !== undefined) {
      this.#select(macAddress);
    }
  }

  #selectByName(name: string): void {
    const wanted = name.trim().replace(/^(?=\d+$)/, "c-");
    for (const { read } of this.#player.chapters) {
      const found = wanted === "" ? undefined : findActivation(read, wanted);
      if (found !== undefined) {
        this.#select(found.macAddress);
        return;
      }
    }
    say(this.#player.spoken, `Expected a customer of this run, such as c-1, got "${name.slice(0, 40)}".`);
  }

  #select(macAddress: string | undefined): void {
    this.#player.select(macAddress);
    if (macAddress === undefined) {
      if (this.#stories.isOpen) {
        this.#stories.hide();
        if (this.#openedBy instanceof HTMLElement) {
          this.#openedBy.focus();
        }
      }
      return;
    }
    if (!this.#stories.isOpen) {
      this.#openedBy = document.activeElement;
    }
    const { chapters } = this.#player;
    const customer = chapters
      .map(({ read }) => read.find(macAddress)?.customerId ?? "")
      .find((name) => name !== "");
    this.#stories.show(
      customer ?? macAddress,
      chapters.map(({ data, read }) => ({
        title: data.title,
        lines: biographyOf(read.trace, macAddress, data.places, read),
      })),
    );
  }
}

unpackReplay(document.querySelector("#replay")?.textContent ?? "")
  .then((data) => new Replay(data).start())
  .catch((error: unknown) => {
    const words = `This replay could not be shown: ${error instanceof Error ? error.message : String(error)}. Make it again with \`npm run replay\`.`;
    document
      .querySelector("main")
      ?.replaceChildren(element("p", { class: "remark", role: "alert" }, ...wordsOf(words)));
  });
