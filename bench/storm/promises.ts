import type { Results, Run } from "#shared/results.ts";
import { counted } from "../format.ts";

/** What must be true of a row after any storm. */
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

/** Calls that nobody heard the end of, since the environment that made them was killed. */
const openCalls = ({ kills }: Run) =>
  kills.filter(({ target }) => target === "function").flatMap((kill) => kill.openCalls).length;

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
  "07": [
    losesNone,
    {
      what: "provisions none twice but the calls open in killed environments",
      holds: (run) => run.ledger.doubled <= openCalls(run),
    },
    redrivesPoisonOnly,
  ],
  "07+key": [
    losesNone,
    { what: "provisions none twice", holds: ({ ledger }) => ledger.doubled === 0 },
    redrivesPoisonOnly,
  ],
};

/** What the chapters say of themselves and a storm has shown to be wrong, a sentence each; empty: all kept. */
export function brokenPromises({ chapters }: Results): string[] {
  return chapters.flatMap(({ id, label, storm }) =>
    (storm?.runs ?? []).flatMap((run) =>
      (promises[id] ?? [])
        .filter(({ holds }) => !holds(run))
        .map(({ what }) => {
          const { lost, doubled } = run.ledger;
          const healthy = run.beforeRedrive?.healthy ?? 0;
          const found = `lost ${lost}, twice ${doubled}, ${counted(openCalls(run), "open call")} killed, ${healthy} healthy set aside`;
          return `Expected that ${label} ${what}, but with seed ${run.seed}: ${found}.`;
        }),
    ),
  );
}
