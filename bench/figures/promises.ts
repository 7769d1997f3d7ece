import type { Results, Run } from "#shared/results.ts";
import type { TrialPart } from "../plan/rows.ts";

/** What must hold for a row after any storm, or after a lab's own plan. */
interface Promised {
  what: string;
  holds: (run: Run) => boolean;
}

const losesNone: Promised = { what: "loses none", holds: ({ ledger }) => ledger.lost === 0 };
const losesSome: Promised = { what: "loses some", holds: ({ ledger }) => ledger.lost > 0 };
const redrivesPoisonOnly: Promised = {
  what: "has set only poison devices aside before the redrive",
  holds: ({ beforeRedrive }) => beforeRedrive === undefined || beforeRedrive.healthy === 0,
};

/** Attempts whose end no one saw. In older results, the open calls in killed environments. */
export const unheardIn = ({ kills, unheard }: Run): number =>
  unheard ?? kills.filter(({ target }) => target === "function").flatMap((kill) => kill.openCalls).length;

const doublesOnlyUnheard: Promised = {
  what: "provisions none twice but those of whose attempt nobody heard the end",
  holds: (run) => run.ledger.doubled <= unheardIn(run),
};

const doublesNone: Promised = { what: "provisions none twice", holds: ({ ledger }) => ledger.doubled === 0 };
const setsHealthyAside: Promised = {
  what: "has used up its retries for some healthy devices",
  holds: ({ beforeRedrive }) => (beforeRedrive?.healthy ?? 0) > 0,
};
const bringsAllBack: Promised = {
  what: "has brought back what was set aside",
  holds: ({ ledger }) => ledger.deadLettered + ledger.waiting === 0,
};

/** What a lab and the chapter beside it promise for the lab's own plan. */
const labPromises: Partial<Record<TrialPart, Record<string, Promised[]>>> = {
  outage: {
    "05": [losesNone, redrivesPoisonOnly],
    "lab-retries": [losesNone, setsHealthyAside, bringsAllBack],
  },
  rush: {
    "07": [losesNone, doublesNone],
    "lab-relational": [losesNone, doublesNone],
    "lab-relational+each": [losesNone, doublesNone],
    // Without a connection after the vendor's answer, the function can't record it, and the next delivery calls again.
    "lab-relational+wide": [losesNone],
  },
  kills: {
    "05": [losesNone],
    "07": [losesNone, doublesOnlyUnheard],
    "lab-fifo": [losesNone, doublesOnlyUnheard],
    // It finishes so little in the time that it may not reach what it would lose, so it must lose nothing either.
    "lab-fifo+one": [losesNone, doublesOnlyUnheard],
  },
};

const promises: Record<string, Promised[]> = {
  "02": [losesSome],
  "03": [losesNone],
  "04": [losesNone],
  "05": [
    losesNone,
    { what: "provisions some twice", holds: ({ ledger }) => ledger.doubled > 0 },
    redrivesPoisonOnly,
  ],
  "06": [losesSome, redrivesPoisonOnly],
  "07": [losesNone, doublesOnlyUnheard, redrivesPoisonOnly],
  "07+key": [losesNone, doublesNone, redrivesPoisonOnly],
  "lab-retries": [losesNone],
  "lab-relational": [losesNone, doublesOnlyUnheard],
  "lab-fifo": [losesNone, doublesOnlyUnheard],
};

/** The chapters' promises that a storm has broken, a sentence each. Empty: all kept. */
export function brokenPromises({ chapters }: Results): string[] {
  const parts = ["storm", "outage", "rush", "kills"] as const;
  return chapters.flatMap((row) =>
    parts.flatMap((part) => brokenIn(row, part, (part === "storm" ? promises : labPromises[part])?.[row.id])),
  );
}

function brokenIn(
  { label, ...row }: Results["chapters"][number],
  part: "storm" | "outage" | "rush" | "kills",
  promised: readonly Promised[] = [],
): string[] {
  return (row[part]?.runs ?? []).flatMap((run) =>
    promised
      .filter(({ holds }) => !holds(run))
      .map(({ what }) => {
        const { lost, doubled } = run.ledger;
        const unheard = unheardIn(run);
        const healthy = run.beforeRedrive?.healthy ?? 0;
        const found = `lost ${lost}, twice ${doubled}, ${unheard} unheard, ${healthy} healthy set aside`;
        return `Expected that ${label} ${what}, but in the ${part} with seed ${run.seed}: ${found}.`;
      }),
  );
}
