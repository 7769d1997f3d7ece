import type { Trace } from "#shared/trace.ts";
import { listed } from "#shared/words.ts";
import type { TracedActivation } from "../activations.ts";

/** A sentence about one moment of the run. `atMs` counts from the trace's start, like all times that are shown. */
export interface Happening {
  atMs: number;
  text: string;
  /** The device whose story tells more, if it is about a single one. */
  macAddress?: string;
  /** Nothing went wrong: no cause for alarm. */
  isCalm?: true;
}

/** A possible sentence, and how interesting it is. The most interesting ones are shown. */
export interface Candidate extends Happening {
  weight: number;
}

export const weights = {
  killWithLoss: 100,
  lost: 95,
  outage: 90,
  twice: 85,
  kill: 80,
  gaveUp: 75,
  errors: 72,
  redrive: 70,
  setAside: 65,
  waiting: 50,
  deduplicated: 45,
  emptyKill: 40,
};

const mostNames = 3;

/** "c-1", "c-1 and c-2", "c-1, c-2 and 3 more". */
export function namesOf(activations: readonly Pick<TracedActivation, "customerId" | "macAddress">[]): string {
  const names = activations.map(({ customerId, macAddress }) => customerId || macAddress);
  const shown = names.length <= mostNames ? names : names.slice(0, mostNames - 1);
  const rest = names.length - shown.length;
  return listed(rest > 0 ? [...shown, `${rest} more`] : shown);
}

export function medianOf(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)];
}

/** The activation that a sentence is about, if it is a single one. */
export const onlyOne = (activations: readonly TracedActivation[]): { macAddress?: string } => {
  const [first, ...others] = activations;
  return first === undefined || others.length > 0 || first.macAddress === ""
    ? {}
    : { macAddress: first.macAddress };
};

/** Whether more may come: then who looks wants the newest, and nothing has had its last word. */
export const goesOn = ({ header }: Trace): boolean => header.plan === "live";
