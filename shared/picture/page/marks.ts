// Which dots there are at a moment, and where they belong. This file draws nothing.
import { isInMemory } from "#shared/tracing/whereabouts.ts";
import type { Parts } from "../scene/parts.ts";
import { rowsBy } from "../scene/scene.ts";
import type { Activation, Environment, Row, Scene } from "../scene/scene.ts";
import { gridIn, inside } from "./layout.ts";
import type { Box, Layout, Spot } from "./layout.ts";

/** How a dot looks. Each look has its own shape, so that colour is never the only difference. */
export type Look =
  | "customer"
  | "request"
  | "message"
  | "copy"
  | "hidden"
  | "inWork"
  | "call"
  | "callerGone"
  | "inLine"
  | "setAside"
  | "lost";

export interface Dot extends Spot {
  /** A dot keeps its key wherever it goes. */
  key: string;
  macAddress: string;
  look: Look;
  radius: number;
  /** For a hidden message: the remaining part of its time. */
  left?: number;
  /** Where a new dot comes from. */
  from?: Spot;
}

/** Too many dots to tell apart: one pile with a number. */
export interface Pile extends Spot {
  amount: number;
  look: Look;
}

export interface Marks {
  dots: Dot[];
  piles: Pile[];
  /** The positions of the vendor's places. */
  slots: { spots: Spot[]; radius: number };
  /** The environments that are drawn, with their boxes. */
  environments: { box: Box; environment: Environment }[];
}

const mostDots = 300;
// Twenty places make two rows of ten.
const slotsInRow = 10.01;
/** As many environments as have room for their dots. */
const mostEnvironments = 12;

/** Gives each key a place that it keeps as long as it exists, so that a dot moves only when something happened to it. */
class Places {
  readonly #places = new Map<string, number>();

  take(keys: readonly string[]): Map<string, number> {
    const here = new Set(keys);
    for (const key of this.#places.keys()) {
      if (!here.has(key)) {
        this.#places.delete(key);
      }
    }
    const taken = new Set(this.#places.values());
    let free = 0;
    for (const key of keys) {
      if (!this.#places.has(key)) {
        while (taken.has(free)) {
          free += 1;
        }
        taken.add(free);
        this.#places.set(key, free);
      }
    }
    return this.#places;
  }

  forget(): void {
    this.#places.clear();
  }
}

/** The places of all stations in one picture. */
export interface StationPlaces {
  customers: Places;
  api: Places;
  queue: Places;
  setAside: Places;
  lost: Places;
  environments: Places;
}

export const stationPlaces = (): StationPlaces => ({
  customers: new Places(),
  api: new Places(),
  queue: new Places(),
  setAside: new Places(),
  lost: new Places(),
  environments: new Places(),
});

interface Wanted {
  scene: Scene;
  atMs: number;
  layout: Layout;
  parts: Parts;
  places: StationPlaces;
  /** With an event missing nothing may be called lost. */
  isWhole: boolean;
  /** How long an ended environment is still drawn. */
  endedForMs: number;
}

/** All dots at a moment, each at its station. */
export function marksOf(wanted: Wanted): Marks {
  const { scene, atMs, layout, parts, places, isWhole } = wanted;
  const { boxes, unit } = layout;
  const by = rowsBy(scene, atMs);
  const marks: Marks = { dots: [], piles: [], slots: slotsOf(scene, layout), environments: [] };
  const station = (box: Box, dots: readonly Unplaced[], kept: Places) => fill(marks, box, dots, kept, unit);

  const requests = [...scene.requests.values()];
  const apiMiddle = middleOf(boxes.api);
  station(
    inside(boxes.customers, 0.3 * unit),
    requests.map(({ request, macAddress }) => ({ key: `c${request}`, macAddress, look: "customer" })),
    places.customers,
  );
  station(
    inside(boxes.api, 0.5 * unit),
    [
      ...requests.map(({ request, macAddress }): Unplaced => ({
        key: `r${request}`,
        macAddress,
        look: "request",
        from: middleOf(boxes.customers),
      })),
      ...inMemory(scene).map(({ macAddress, at }): Unplaced => ({
        key: `m${macAddress}`,
        macAddress,
        look: at.status === "provisioning" ? "inWork" : "message",
      })),
    ],
    places.api,
  );
  station(
    inside(boxes.queue, 0.5 * unit),
    [...by.waiting, ...by.hidden].map((row) => rowDot(row, atMs, apiMiddle)),
    places.queue,
  );
  station(
    inside(boxes.setAside, 0.25 * unit),
    by.setAside.map(({ row, macAddress }) => ({ key: `q${row}`, macAddress, look: "setAside" })),
    places.setAside,
  );
  if (isWhole) {
    const lost = [...scene.activations.values()].filter(({ fate }) => fate === "lost");
    station(
      boxes.lost,
      lost.map(({ macAddress }) => ({ key: `l${macAddress}`, macAddress, look: "lost" })),
      places.lost,
    );
  }
  if (parts.works === "worker") {
    const held = by.held.map(({ row, macAddress }): Unplaced => ({
      key: `q${row}`,
      macAddress,
      look: "inWork",
    }));
    fill(marks, inside(workerBox(layout), 0.4 * unit), held, new Places(), unit);
  } else {
    placeEnvironments(marks, wanted, by.held);
  }
  placeCalls(marks, wanted);
  return marks;
}

type Unplaced = Omit<Dot, "x" | "y" | "radius">;

const middleOf = ({ x, y, width, height }: Box): Spot => ({ x: x + width / 2, y: y + height / 2 });

export const workerBox = ({ boxes: { works }, unit }: Layout): Box => ({
  x: works.x + works.width / 2 - 1.8 * unit,
  y: works.y + works.height / 2 - 1.8 * unit,
  width: 3.6 * unit,
  height: 3.6 * unit,
});

const inMemory = ({ activations }: Scene): Activation[] =>
  [...activations.values()].filter(({ at }) => isInMemory(at));

function rowDot(row: Row, atMs: number, from: Spot): Unplaced {
  const { macAddress, isCopy, hiddenFromMs, hiddenUntilMs } = row;
  const dot = { key: `q${row.row}`, macAddress, from };
  return hiddenUntilMs > atMs
    ? { ...dot, look: "hidden", left: (hiddenUntilMs - atMs) / Math.max(1, hiddenUntilMs - hiddenFromMs) }
    : { ...dot, look: isCopy ? "copy" : "message" };
}

/** Puts dots into a box, each on a place that it keeps. Too many become a pile. */
function fill(marks: Marks, box: Box, dots: readonly Unplaced[], kept: Places, unit: number): void {
  if (dots.length > mostDots) {
    kept.forget();
    marks.piles.push({ ...middleOf(box), amount: dots.length, look: dots[0]?.look ?? "message" });
    return;
  }
  let taken = kept.take(dots.map(({ key }) => key));
  // After a rush the few remaining dots would be far apart, in a grid made for many.
  if (Math.max(0, ...taken.values()) > 2 * dots.length + 30) {
    kept.forget();
    taken = kept.take(dots.map(({ key }) => key));
  }
  const { at, cell } = gridIn(box, 1 + Math.max(0, ...taken.values()), 1.25 * unit);
  for (const dot of dots) {
    marks.dots.push({ ...dot, ...at(taken.get(dot.key) ?? 0), radius: Math.min(0.34 * unit, cell * 0.36) });
  }
}

function placeEnvironments(
  marks: Marks,
  { scene, atMs, layout, places, endedForMs }: Wanted,
  held: Row[],
): void {
  const { works } = layout.boxes;
  const shown = [...scene.environments.values()]
    .filter(({ ended }) => ended === undefined || (isViolent(ended.why) && atMs - ended.atMs < endedForMs))
    .slice(-mostEnvironments);
  const taken = places.environments.take(shown.map(({ environment }) => String(environment)));
  const columns = Math.max(5, 1 + Math.max(0, ...taken.values()));
  const gap = works.width * 0.025;
  const width = (works.width - gap * (columns - 1)) / columns;
  for (const environment of shown) {
    const column = taken.get(String(environment.environment)) ?? 0;
    const box = { ...works, x: works.x + column * (width + gap), width };
    marks.environments.push({ box, environment });
    const rows = held.filter(({ holder }) => holder === environment.environment);
    const dots = rows.map(({ row, macAddress }): Unplaced => ({
      key: `q${row}`,
      macAddress,
      look: "inWork",
    }));
    const inHand = new Set(rows.map(({ macAddress }) => macAddress));
    const others = environment.macAddresses
      .filter((macAddress) => !inHand.has(macAddress))
      // Its message is gone or hidden again already, but the invocation goes on.
      .map((macAddress): Unplaced => ({
        key: `e${environment.environment} ${macAddress}`,
        macAddress,
        look: "inWork",
      }));
    fill(marks, inside(box, width * 0.12), [...dots, ...others], new Places(), layout.unit);
  }
}

/** An orderly stop is not worth showing. */
export const isViolent = (why: string): boolean => why === "killed" || why === "timedOut" || why === "exited";

function slotsOf({ vendor }: Scene, { boxes, unit }: Layout): Marks["slots"] {
  const box = inside(boxes.vendor, 0.6 * unit);
  // Leaves room below the places for the line behind them.
  const { at, cell } = gridIn(
    { ...box, height: box.height - 1.6 * unit },
    vendor.capacity,
    box.width / slotsInRow,
  );
  return {
    spots: Array.from({ length: Math.min(vendor.capacity, mostDots) }, (_, place) => at(place)),
    radius: Math.min(0.34 * unit, cell * 0.36),
  };
}

function placeCalls(marks: Marks, { scene, layout }: Wanted): void {
  const { boxes, unit } = layout;
  const { spots, radius } = marks.slots;
  const holders = new Map(
    marks.dots.filter(({ look }) => look === "inWork").map((dot) => [dot.macAddress, dot]),
  );
  const line = { ...inside(boxes.vendor, 0.6 * unit), height: 1.2 * unit };
  line.y = boxes.vendor.y + boxes.vendor.height - 1.6 * unit;
  const inLine = [...scene.calls.values()].filter(({ slot }) => slot === undefined);
  const grid = gridIn(line, Math.max(1, inLine.length), 0.9 * unit);
  let waiting = 0;
  for (const { call, macAddress, slot, isCallerGone } of scene.calls.values()) {
    const holder = holders.get(macAddress);
    const from = holder === undefined ? middleOf(boxes.api) : { x: holder.x, y: holder.y };
    const dot = { key: `v${call}`, macAddress, from };
    if (slot === undefined) {
      marks.dots.push({ ...dot, ...grid.at(waiting), look: "inLine", radius: grid.cell * 0.3 });
      waiting += 1;
    } else {
      const spot = spots[slot] ?? middleOf(boxes.vendor);
      marks.dots.push({ ...dot, ...spot, look: isCallerGone ? "callerGone" : "call", radius });
    }
  }
}
