import type { Plan } from "#shared/results.ts";
import type { Row } from "./plan.ts";
import type { TrialPart } from "./trial-parts.ts";

// What the labs add: rows and plans of their own. Everything else of them goes the way of every chapter.

const everyChapters: readonly TrialPart[] = ["day", "storm"];

interface Lab {
  label: string;
  /** The plan that answers its question. */
  plan: TrialPart;
  /** The row that it is measured beside. */
  beside: string;
  variants: readonly Pick<Row, "id" | "label" | "parameters" | "maximumConcurrency">[];
}

const labs: Readonly<Record<string, Lab>> = {
  "lab-retries": { label: "lab retry", plan: "outage", beside: "05", variants: [] },
  "lab-relational": {
    label: "lab sql",
    plan: "rush",
    beside: "07",
    variants: [
      {
        id: "lab-relational+each",
        label: "sql each",
        parameters: { ConnectionPer: "invocation" },
      },
      // More environments than the database has connections for: nine, four of them the API's.
      { id: "lab-relational+wide", label: "sql wide", maximumConcurrency: 12 },
    ],
  },
};

export const isLab = (chapter: string): boolean => Object.hasOwn(labs, chapter);

/** The plan that answers a lab's question, and the number of the chapter that it is measured beside. */
export function questionOf(lab: string): { plan: TrialPart; beside: string } | undefined {
  return labs[lab];
}

/** The rows with the labs' own: each lab and what it is measured beside live through its plan, too. */
export function labRows(rows: readonly Row[]): Row[] {
  const measured = rows.flatMap(({ id }) => (labs[id] ? [{ id, ...labs[id] }] : []));
  return rows.flatMap((row): Row[] => {
    const lab = labs[row.id];
    if (lab) {
      const variants = lab.variants.map((variant) => ({ ...row, ...variant, trials: [lab.plan] }));
      return [{ ...row, label: lab.label, trials: [...everyChapters, lab.plan] }, ...variants];
    }
    const plans = measured.filter(({ beside }) => beside === row.id).map(({ plan }) => plan);
    return [plans.length === 0 ? row : { ...row, trials: [...everyChapters, ...plans] }];
  });
}

/** Whether a row lives through this plan. */
export const livesThrough = ({ trials = everyChapters }: Row, part: TrialPart): boolean =>
  trials.includes(part);

/** The plans of the labs among these rows. */
export function labPlans(rows: readonly Row[], runs: number): { outage?: Plan; rush?: Plan } {
  const has = (part: TrialPart) => rows.some((row) => livesThrough(row, part));
  return {
    ...(has("outage") && { outage: longOutage(runs) }),
    ...(has("rush") && { rush: rush(runs) }),
  };
}

const duplicates = { everyNthTwice: 10, duplicateDelaysMs: [0, 200, 2_000] };
const sampleEveryMs = 250;

/**
 * Five seconds without a vendor: Lambda's two retries come 1 and 3 s after the first attempt, and the fifth of 05 after 6 s.
 * Whoever came in the first two seconds of it has used up Lambda's retries.
 */
function longOutage(runs: number): Plan {
  return {
    name: "the long outage",
    runs,
    customers: 160,
    phases: [{ perSecond: 20, seconds: 8 }],
    weather: { medianMs: 200, p99Ms: 600, line: 20 },
    events: [
      { atMs: 2_000, does: "outage-begins" },
      { atMs: 7_000, does: "outage-ends" },
      // By then whatever has used up its retries lies aside.
      { atMs: 9_000, does: "heal-and-redrive" },
    ],
    poison: [],
    healed: [],
    ...duplicates,
    horizonMs: 16_000,
    warmUpRepeats: 120,
    sampleEveryMs,
  };
}

/** A rush that a function answers by scaling out, and a vendor that can take it: what gives way is what lies between. */
function rush(runs: number): Plan {
  return {
    name: "the rush",
    runs,
    customers: 120,
    phases: [{ perSecond: 60, seconds: 2 }],
    weather: { medianMs: 200, p99Ms: 600, capacity: 100, line: 100 },
    events: [],
    poison: [],
    healed: [],
    ...duplicates,
    // Who has found a connection is done by the fourth second; whoever has not has used up the retries by the eighth.
    horizonMs: 8_500,
    warmUpRepeats: 120,
    sampleEveryMs,
  };
}
