// One chapter's picture: the stations and all texts as SVG and HTML, the dots on a canvas above them, and the ledger and the two
// clocks beside them.
import { isInMemory } from "#shared/tracing/whereabouts.ts";
import type { Parts } from "../scene/parts.ts";
import { countsOf, rowsBy } from "../scene/scene.ts";
import type { Counts, Scene } from "../scene/scene.ts";
import { spokenCounts } from "../scene/timeline.ts";
import type { Theme } from "../theme.ts";
import { Clocks } from "./clocks.ts";
import { DotCanvas } from "./dots.ts";
import { element, say, svg } from "./element.ts";
import { layoutOf, wayBetween } from "./layout.ts";
import type { Box, Layout, StationName } from "./layout.ts";
import { isViolent, workerBox } from "./marks.ts";
import type { Marks } from "./marks.ts";

export interface PanelOptions {
  /** "07 · One conditional write takes a lease" */
  title: string;
  parts: Parts;
  /** How many activations there will be, if known. */
  expected: number;
  /** Whether anything may be called lost: no event was dropped. */
  isWhole: () => boolean;
  /** Called when a dot is clicked. Without it, dots can't be clicked. */
  onPick?: (macAddress: string) => void;
}

/** What a panel shows. */
export interface PanelFrame {
  scene: Scene;
  atMs: number;
  speed: number;
  glides: boolean;
  theme: Theme;
  selected: string | undefined;
  /** The start of the time that the clocks span. */
  fromMs: number;
  toMs: number;
  /** The newest sentence about what happened. */
  sentence: string;
  /** It is no cause for alarm. */
  isCalm: boolean;
}

const killShownMs = 1_600;

const countNames: readonly [keyof Counts, string, "usual" | "price" | "alarm"][] = [
  ["accepted", "accepted", "usual"],
  ["works", "works", "usual"],
  ["onTheWay", "on the way", "usual"],
  ["twice", "twice", "alarm"],
  ["lost", "lost", "alarm"],
  ["gaveUp", "gave up", "price"],
  ["setAside", "set aside", "price"],
  ["error", "error", "price"],
];

const titles: Record<StationName, string> = {
  customers: "customers",
  api: "API",
  queue: "queue",
  works: "function",
  vendor: "vendor",
  setAside: "set aside",
  lost: "lost",
  tickets: "tickets",
};

export class Panel {
  readonly element: HTMLElement;
  readonly #options: PanelOptions;
  readonly #stage = element("div", { class: "stage" });
  readonly #canvas = element("canvas", { "aria-hidden": "true" });
  readonly #dots = new DotCanvas(this.#canvas);
  readonly #clocks = new Clocks();
  readonly #sentence = element("p", { class: "sentence" });
  readonly #counts = new Map<keyof Counts, HTMLElement>();
  #layout: Layout | undefined;
  #picture: SVGSVGElement | undefined;
  readonly #words = new Map<string, SVGElement>();
  readonly #boxes = new Map<string, SVGElement>();
  #environments: SVGElement[] = [];

  constructor(options: PanelOptions) {
    this.#options = options;
    const [number = "", ...idea] = options.title.split(" · ");
    const heading = element("h2", {}, element("b", {}, number), " ", element("span", {}, idea.join(" · ")));
    // Not a section: reveal.js would take it for a slide.
    this.element = element(
      "div",
      { class: "panel", role: "region", "aria-label": options.title },
      element("div", { class: "head" }, heading, this.#sentence),
      element("div", { class: "row" }, this.#stage, this.#ledger(), this.#clocks.element),
    );
    this.#stage.append(this.#canvas);
    if (options.onPick !== undefined) {
      this.#letPick(options.onPick);
    }
  }

  #letPick(onPick: (macAddress: string) => void): void {
    this.#canvas.addEventListener("click", (event) => {
      const macAddress = this.#dots.deviceAt({ x: event.offsetX, y: event.offsetY });
      if (macAddress !== undefined) {
        onPick(macAddress);
      }
    });
    this.#canvas.addEventListener("pointermove", (event) => {
      const isDot = this.#dots.deviceAt({ x: event.offsetX, y: event.offsetY }) !== undefined;
      this.#canvas.style.cursor = isDot ? "pointer" : "";
    });
  }

  leap(): void {
    this.#dots.leap();
  }

  /** The state in one line, for readers who can't see it. */
  spoken(scene: Scene): string {
    return `${this.#options.title.split(" · ")[0]}: ${spokenCounts(scene, this.#options.isWhole())}`;
  }

  /** Shows the stations alone, while nothing is known of what happens in them, beside what there is to say. */
  stand(line: Pick<PanelFrame, "sentence" | "isCalm">): void {
    if (this.#stage.isConnected) {
      this.#fit();
    }
    this.#say(line);
  }

  /** Draws a frame. Returns whether nothing moves any more. */
  draw(frame: PanelFrame): boolean {
    const layout = this.#fit();
    const { scene, atMs, speed, theme, glides, selected } = frame;
    const { parts, expected } = this.#options;
    const isWhole = this.#options.isWhole();
    const { marks, isStill } = this.#dots.draw({
      scene,
      atMs,
      layout,
      parts,
      isWhole,
      theme,
      speed,
      glides,
      expected,
      selected,
    });
    this.#sayStations(scene, atMs, marks);
    this.#showTrouble(frame, layout);
    this.#drawEnvironments(marks);
    this.#sayCounts(scene);
    this.#clocks.draw(scene, atMs, frame.fromMs, frame.toMs);
    this.#say(frame);
    return isStill;
  }

  #say({ sentence, isCalm }: Pick<PanelFrame, "sentence" | "isCalm">): void {
    say(this.#sentence, sentence);
    this.#sentence.classList.toggle("calm", isCalm);
  }

  #ledger(): HTMLElement {
    const list = element("dl", { class: "counts" });
    for (const [name, words, kind] of countNames) {
      const value = element("dd", {}, "-");
      this.#counts.set(name, value);
      list.append(element("div", { class: `${kind} none` }, element("dt", {}, words), value));
    }
    return list;
  }

  #sayCounts(scene: Scene): void {
    const counts = countsOf(scene);
    for (const [name, value] of this.#counts) {
      const isKnown = name !== "lost" || this.#options.isWhole();
      say(value, isKnown ? String(counts[name]) : "?");
      value.parentElement?.classList.toggle("none", !isKnown || counts[name] === 0);
    }
  }

  /** Redraws the stations if the page's size has changed. */
  #fit(): Layout {
    const width = this.#stage.clientWidth;
    const unit = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    if (this.#layout?.width === width && this.#layout.unit === unit) {
      return this.#layout;
    }
    const layout = layoutOf(width, unit);
    this.#layout = layout;
    this.#stage.style.height = `${layout.height}px`;
    this.#dots.leap();
    this.#picture?.remove();
    this.#picture = this.#drawStations(layout);
    this.#stage.prepend(this.#picture);
    return layout;
  }

  #drawStations(layout: Layout): SVGSVGElement {
    const { width, height, unit, boxes } = layout;
    const { parts } = this.#options;
    this.#words.clear();
    this.#boxes.clear();
    this.#environments = [];
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" });
    const has: Record<StationName, boolean> = {
      customers: true,
      api: true,
      queue: parts.hasQueue,
      works: parts.works !== undefined,
      vendor: true,
      setAside: parts.hasDeadLetterQueue,
      lost: true,
      tickets: parts.hasTickets,
    };
    const way = (["customers", "api", "queue", "works", "vendor"] as const).filter((name) => has[name]);
    for (const [at, name] of way.slice(1).entries()) {
      const points = wayBetween(boxes[way[at] ?? "api"], boxes[name]).map(({ x, y }) => `${x},${y}`);
      picture.append(svg("polyline", { class: "way", fill: "none", points: points.join(" ") }));
    }
    for (const [name, box] of Object.entries(boxes) as [StationName, Box][]) {
      if (has[name]) {
        this.#drawStation(picture, name, box, unit);
      }
    }
    return picture;
  }

  #drawStation(picture: SVGSVGElement, name: StationName, box: Box, unit: number): void {
    const isBox = name === "api" || name === "queue" || name === "vendor" || name === "setAside";
    const drawn =
      name === "works" && this.#options.parts.works === "worker" ? workerBox(this.#layout as Layout) : box;
    if (isBox || drawn !== box) {
      const frame = svg("rect", { ...drawn, class: `box ${name}`, rx: 0.5 * unit });
      this.#boxes.set(name, frame);
      picture.append(frame);
    }
    const words = svg("text", { class: "caption" });
    if (name === "setAside" || name === "lost") {
      // These are below the others, since there is no other room for their names.
      const isLost = name === "lost";
      place(words, box.x + (isLost ? 0.3 * unit : box.width / 2), box.y + box.height + unit, !isLost);
    } else if (name === "tickets") {
      const title = svg("text", { class: "title" }, titles.tickets);
      const isBeside = this.#layout?.isNarrow !== true;
      place(title, isBeside ? box.x - 3.8 * unit : box.x, box.y + (isBeside ? 0.9 : -0.5) * unit, false);
      picture.append(title);
    } else {
      const title = svg(
        "text",
        { class: "title" },
        name === "works" ? (this.#options.parts.works ?? "") : titles[name],
      );
      place(title, box.x + box.width / 2, box.y - 0.6 * unit, true);
      picture.append(title);
      place(words, box.x + box.width / 2, box.y + box.height + 1.15 * unit, true);
    }
    this.#words.set(name, words);
    picture.append(words);
  }

  #sayStations(scene: Scene, atMs: number, { environments }: Marks): void {
    const { waiting, hidden, held, setAside } = rowsBy(scene, atMs);
    const open = scene.requests.size;
    const lost = this.#options.isWhole() ? countsOf(scene).lost : 0;
    const memory = [...scene.activations.values()].filter(({ at }) => isInMemory(at)).length;
    const begun = [...scene.calls.values()].filter(({ slot }) => slot !== undefined).length;
    const inLine = scene.calls.size - begun;
    const alive = environments.filter(({ environment }) => environment.ended === undefined).length;
    const { outage, capacity } = scene.vendor;
    const lines: Partial<Record<StationName, string>> = {
      customers: open === 0 ? `${scene.places} asked` : `${open} wait`,
      api: memory > 0 ? `${memory} in memory` : "",
      queue: `${waiting.length} waiting, ${hidden.length} hidden`,
      works:
        this.#options.parts.works === "worker"
          ? `${held.length} in work`
          : `${alive} environment${alive === 1 ? "" : "s"}`,
      vendor: outage
        ? "down: answers 503"
        : `${begun} of ${capacity} calls${inLine > 0 ? `, ${inLine} in line` : ""}`,
      lost: lost === 0 ? "" : `${lost} lost`,
      setAside:
        setAside.length === 0
          ? "none set aside"
          : `${setAside.length} message${setAside.length === 1 ? "" : "s"} set aside`,
    };
    for (const [name, words] of Object.entries(lines)) {
      say(this.#words.get(name), words);
    }
  }

  /** After a kill the process's box has a cross for a while. A vendor that is down has a broken border. */
  #showTrouble({ scene, atMs, speed }: PanelFrame, layout: Layout): void {
    this.#boxes.get("vendor")?.classList.toggle("down", scene.vendor.outage);
    for (const name of ["api", "works"] as const) {
      const isKilled = scene.marks.some(
        ({ kind, target, atMs: killedAtMs }) =>
          kind === "killed" &&
          target === (name === "api" ? "api" : "worker") &&
          atMs >= killedAtMs &&
          atMs - killedAtMs < killShownMs * speed,
      );
      const frame = this.#boxes.get(name);
      if (frame === undefined || frame.classList.contains("killed") === isKilled) {
        continue;
      }
      frame.classList.toggle("killed", isKilled);
      this.#picture?.querySelector(`.cross.${name}`)?.remove();
      if (isKilled) {
        const box = name === "api" ? layout.boxes.api : workerBox(layout);
        this.#picture?.append(cross(box, name, layout.unit));
      }
    }
  }

  #drawEnvironments({ environments }: Marks): void {
    const { unit = 16 } = this.#layout ?? {};
    const wanted = environments.map(({ box, environment: { ended, isReady } }) => ({
      box,
      look: ended && isViolent(ended.why) ? "killed" : isReady ? "ready" : "starting",
    }));
    const text = JSON.stringify(wanted);
    if (this.#drawnEnvironments === text) {
      return;
    }
    this.#drawnEnvironments = text;
    this.#environments.forEach((drawn) => drawn.remove());
    this.#environments = wanted.flatMap(({ box, look }) => [
      svg("rect", { ...box, class: `box environment ${look}`, rx: 0.35 * unit }),
      ...(look === "killed" ? [cross(box, "environment", unit)] : []),
    ]);
    this.#picture?.append(...this.#environments);
  }

  #drawnEnvironments = "";
}

function place(text: SVGElement, x: number, y: number, isCentred: boolean): void {
  text.setAttribute("x", x.toFixed(1));
  text.setAttribute("y", y.toFixed(1));
  if (isCentred) {
    text.setAttribute("text-anchor", "middle");
  }
}

function cross({ x, y, width, height }: Box, name: string, unit: number): SVGElement {
  const [middleX, middleY, size] = [x + width / 2, y + height / 2, Math.min(0.8 * unit, width * 0.3)];
  return svg("path", {
    class: `cross ${name}`,
    d: `M${middleX - size},${middleY - size}L${middleX + size},${middleY + size}M${middleX + size},${middleY - size}L${middleX - size},${middleY + size}`,
  });
}
