import type { Design } from "./system.ts";

// The numbers of the chapters' templates and handlers, with the workshop's visibility timeout.
const function04 = {
  work: "function",
  guard: "none",
  batchSize: 4,
  concurrencyMax: 5,
  concurrencyAMinute: 0,
  visibilityMs: 6_000,
  maxReceiveCount: undefined,
  backoffMs: [],
  jitter: 0,
  vendorPatienceMs: 3_000,
  functionTimeoutMs: 4_000,
} as const satisfies Design;

const function05 = { ...function04, maxReceiveCount: 5, backoffMs: [1_000, 1_000, 2_000, 2_000] } as const;
const function07 = { ...function05, guard: "lease" } as const;

const designs: Readonly<Record<string, Design>> = {
  "01": { ...function04, work: "in the request" },
  "02": { ...function04, work: "after the answer" },
  "03": { ...function04, work: "worker" },
  "04": function04,
  "05": function05,
  "06": { ...function05, guard: "read" },
  "07": function07,
  "07+key": function07,
  "08": {
    ...function07,
    visibilityMs: 120_000,
    backoffMs: [5_000, 30_000, 120_000, 300_000],
    jitter: 0.5,
    vendorPatienceMs: 10_000,
    functionTimeoutMs: 20_000,
  },
};

/** The design of a row of the benchmarks; for 08 with AWS's numbers. */
export function designOf(row: string): Design {
  const design = designs[row];
  if (design === undefined) {
    throw new Error(`Expected one of ${Object.keys(designs).join(", ")}, got ${row}`);
  }
  return design;
}
