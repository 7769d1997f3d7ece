import type { Plan } from "#shared/results.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { deviceAt } from "#shared/devices.ts";
import { isLab, labRows } from "./labs.ts";
import type { TrialPart } from "./trial-parts.ts";

/** One line of the table: a chapter in a weather of its own. */
export interface Row {
  id: string;
  chapter: string;
  folder: string;
  label: string;
  weather: Partial<Weather>;
  /** The plans that it lives through; default: the day and the storm. */
  trials?: readonly TrialPart[];
  /** In place of the template's defaults, and of the limit on its event source mappings. */
  parameters?: Record<string, string>;
  maximumConcurrency?: number;
  /** The chapter that a participant's own was begun as: "03". */
  begunAs?: string;
}

export interface MeasuredChapter {
  number: string;
  name: string;
  folder: string;
  begunAs?: string;
}

const shortNames: Record<string, string> = {
  "01": "sync",
  "02": "ticket",
  "03": "queue",
  "04": "lambda",
  "05": "dlq",
  "06": "check",
  "07": "lock",
  // Where its code runs on this machine; the one on an account is called otherwise (command.ts).
  "08": "local",
};

/**
 * The rows for these chapters: 07 comes twice, since what it can promise depends on the vendor. Beside a participant's own,
 * or a lab, it comes once, in the same weather as that one.
 */
export function rowsFor(chapters: readonly MeasuredChapter[]): Row[] {
  const hasOwn = chapters.some(({ number, name }) => number === "mine" || isLab(name));
  const rows = chapters.flatMap(({ number, name, folder, begunAs }) => {
    const own = name === "mine" || number === "mine";
    const short = shortNames[number] ?? name.replace(/^\d+-/, "").slice(0, 6);
    const row = {
      id: own ? "mine" : number,
      chapter: name,
      folder,
      label: own ? "mine" : `${number} ${short}`,
      ...(begunAs !== undefined && { begunAs }),
    };
    const ignored: Row = { ...row, weather: { honoursIdempotencyKey: false } };
    const honoured = {
      id: `${number}+key`,
      label: `${number} + key`,
      weather: { honoursIdempotencyKey: true },
    };
    return number === "07" && !hasOwn ? [ignored, { ...row, ...honoured }] : [ignored];
  });
  return labRows(rows);
}

/** The rows in another order in every run, so that none is always first on a cold machine. */
export function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

// Early enough to be given up or set aside before the day ends, and apart, so that they don't share a batch.
const poisonedCustomers = [7, 15];

/** The short day: the same customers and the same small troubles for every chapter. */
export function shortDay(runs: number): Plan {
  return {
    name: "the short day",
    runs,
    customers: 80,
    phases: [{ perSecond: 10, seconds: 8 }],
    weather: {},
    events: [{ atMs: 4_000, does: "kill-worker" }],
    poison: poisonedCustomers.map((at) => deviceAt(at).macAddress),
    healed: [],
    everyNthTwice: 10,
    duplicateDelaysMs: [0, 200, 2_000],
    horizonMs: 15_000,
    warmUpRepeats: 240,
  };
}

/** The closed loop: long enough for some hundred answers, and for 01, whose every answer takes the vendor's time. */
export const closedLoop = { connections: 10, warmupSeconds: 0.5, seconds: 1.5 };

/** The warm-up's devices; a plan says how often they are asked for again. */
export const warmUpSize = 60;
/** The closed loop asks for each device once; when all are used up, it ends. */
export const closedLoopInventory = 1_500;
