import type { Journey, Journeys, Station } from "./journeys.ts";

// The layout, in whole pixels of a picture 960 wide: small numbers make a small file.

export const size = { width: 960, height: 470 };
export const laneTops = [100, 278] as const;
const cell = 16;
const travelMs = 350;
/** A station that an activation leaves sooner is skipped. */
const leastStayMs = 250;

interface Box {
  x: number;
  width: number;
  columns: number;
}

export const boxes = {
  api: { x: 118, width: 112, columns: 6 },
  queue: { x: 288, width: 112, columns: 6 },
  function: { x: 458, width: 112, columns: 5 },
  works: { x: 640, width: 290, columns: 16 },
} satisfies Record<string, Box>;
export const boxTop = 34;
export const boxHeight = 84;
export const trayTop = boxTop + boxHeight + 18;
const rows = 4;
const middle = boxTop + boxHeight / 2;
/** The distance of the first cell from the left edge of its box. */
const inset = { api: 16, queue: 16, function: 16, works: 8 };

export interface Point {
  x: number;
  y: number;
}

/** One movement of a dot, from where it was to where it stays. */
export interface Move {
  startMs: number;
  endMs: number;
  from: Point;
  to: Point;
  station: Station["name"];
}

export interface Walked {
  moves: Move[];
  isTwice: boolean;
}

/** Plans every activation's movements in a lane, so that no two are drawn in the same place. */
export function walk({ journeys, kill }: Journeys, top: number): { walked: Walked[]; killedColumn: number } {
  const places = new Places(top, journeys.length);
  const legs = journeys.map((journey) => ({ journey, legs: legsOf(journey) }));
  const all = legs.flatMap(({ journey, legs: own }) => own.map((leg) => ({ journey, leg })));
  const points = new Map<object, Point>();
  for (const { leg } of all.toSorted((one, other) => one.leg.startMs - other.leg.startMs)) {
    points.set(leg, places.take(leg));
  }
  const walked = legs.map(({ journey, legs: own }, at): Walked => {
    let from: Point = { x: 46, y: top + middle + (((at * 7) % 5) - 2) * 9 };
    const home = from;
    const moves = own.map(({ startMs, endMs, station }): Move => {
      const found = points.get(own.find((leg) => leg.startMs === startMs && leg.station === station) ?? {});
      const to = station.name === "error" ? home : (found ?? from);
      const move = { startMs, endMs, from, to, station: station.name };
      from = to;
      return move;
    });
    return { moves, isTwice: journey.isTwice };
  });
  return { walked, killedColumn: kill?.environment === undefined ? -1 : places.columnOf(kill.environment) };
}

interface Leg {
  station: Station;
  startMs: number;
  endMs: number;
  leavesMs: number;
}

function legsOf({ stays }: Journey): Leg[] {
  const kept = stays.filter(({ fromMs }, at) => (stays[at + 1]?.fromMs ?? Infinity) - fromMs >= leastStayMs);
  // It starts when its customer asks, even if it skips stations.
  let freeMs = 0;
  return kept.map(({ station, fromMs }, at) => {
    const wishedMs = at === 0 ? (stays[0]?.fromMs ?? fromMs) : fromMs;
    const startMs = Math.max(wishedMs, freeMs);
    freeMs = startMs + travelMs;
    return { station, startMs, endMs: freeMs, leavesMs: kept[at + 1]?.fromMs ?? Infinity };
  });
}

/** Which cells of a lane are occupied. */
class Places {
  readonly #top: number;
  readonly #works: { columns: number; cell: number };
  readonly #taken = new Map<string, number[]>();
  readonly #columns: number[] = [];

  constructor(top: number, customers: number) {
    this.#top = top;
    const columns = Math.max(boxes.works.columns, Math.ceil(customers / 5));
    this.#works = { columns, cell: Math.min(cell, Math.floor(boxes.works.width / columns)) };
  }

  /** Environments come and go in five columns. A new one takes the column that has been free longest. */
  columnOf(environment: number): number {
    if (!this.#columns.includes(environment)) {
      this.#columns.push(environment);
    }
    return this.#columns.indexOf(environment) % boxes.function.columns;
  }

  take({ station, startMs, leavesMs }: Leg): Point {
    const { name } = station;
    const column = station.name === "function" ? this.columnOf(station.environment) : 0;
    const taken = this.#taken.get(`${name} ${column}`) ?? [];
    const free = taken.findIndex((untilMs) => untilMs <= startMs);
    const nth = free === -1 ? taken.length : free;
    taken[nth] = leavesMs;
    this.#taken.set(`${name} ${column}`, taken);
    return this.#point(name, column, nth);
  }

  #point(name: Station["name"], column: number, nth: number): Point {
    const first = { y: this.#top + boxTop + 18 };
    switch (name) {
      case "works": {
        const { columns, cell: side } = this.#works;
        return {
          x: boxes.works.x + inset.works + (nth % columns) * side,
          y: this.#top + boxTop + 10 + Math.floor(nth / columns) * side,
        };
      }
      case "function":
        return { x: boxes.function.x + inset.function + column * 20, y: first.y + (nth % rows) * cell };
      case "api":
      case "queue": {
        const { x, columns } = boxes[name];
        return {
          x: x + inset[name] + (nth % columns) * cell,
          y: first.y + (Math.floor(nth / columns) % rows) * cell,
        };
      }
      case "lost":
      case "gaveUp":
      case "aside":
      case "error":
        return { x: trays[name] + nth * cell, y: this.#top + trayTop };
    }
  }
}

/** Where the rows below the boxes begin. */
export const trays = {
  lost: boxes.api.x + 6,
  gaveUp: boxes.queue.x + 6,
  aside: boxes.queue.x + 6,
  error: 46,
};
