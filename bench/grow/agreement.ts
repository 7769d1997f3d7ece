import type { ChapterResult, LedgerEntries, Plan, Results, Run, Runs } from "#shared/results.ts";
import { fittedTo } from "./fitted.ts";
import { referenceResults } from "../figures/kept-results.ts";
import { simulatePlan, simulateSweep } from "./exact/trial.ts";
import type { SimulatedRow } from "./exact/trial.ts";

/** How far one chapter's simulation is from the measurements, in runs that it was not fitted to. */
export interface Agreement {
  id: string;
  /** For the short days: the largest error of a median activation time, as a share of the measured one. */
  dayActivationError: number;
  /** For the short days and the sweep. 01's answer time is the vendor's. */
  responseErrorMs: number;
  /** For the sweep. Undefined: it was not swept. */
  sweep?: { sameVerdicts: number; rates: number; activationError: number };
  /** For each storm: simulated, measured. */
  storms: Record<ReportedEntry, [number, number][]> & { activationErrors: number[] };
  /** What is further off than allowed, in sentences. */
  misses: string[];
}

const allowedShare = 0.2;
const allowedResponseMs = 15;
const countDeviations = 3;
const seedsOfRange = 20;

// These depend only on the rules. The others also depend on how fast this machine fails a message, and are only reported.
const heldEntries = ["lost", "doubled", "deadLettered", "waiting"] as const;
const reportedEntries = [...heldEntries, "failed", "unanswered", "gaveUp", "vendorCalls"] as const;
type ReportedEntry = (typeof reportedEntries)[number];

/** The agreement for every chapter with a short day in the results. */
export function agreementWith({ chapters, plans, seed }: Results): Agreement[] {
  return chapters.flatMap((chapter) => {
    const inputs = fittedTo(chapter);
    if (inputs === undefined || plans.day === undefined) {
      return [];
    }
    const row = { id: chapter.id, weather: chapter.weather, inputs };
    const found = { id: chapter.id, misses: [], dayActivationError: 0, responseErrorMs: 0 };
    const agreement: Agreement = { ...found, storms: noStorms() };
    // The inputs were fitted to the first one.
    compareDays(row, plans.day, chapter.day?.runs.slice(1) ?? [], agreement);
    if (plans.storm !== undefined && chapter.storm !== undefined) {
      compareStorms(row, plans.storm, chapter.storm, agreement);
    }
    if (plans.sweep !== undefined && chapter.sweep !== undefined) {
      const rates = simulateSweep(row, plans.sweep, seed);
      compareSweep(rates, chapter.sweep, agreement);
    }
    return [agreement];
  });
}

const noStorms = (): Agreement["storms"] => ({
  ...(Object.fromEntries(reportedEntries.map((entry) => [entry, []])) as unknown as Record<
    ReportedEntry,
    []
  >),
  activationErrors: [],
});

function compareDays(row: SimulatedRow, plan: Plan, runs: readonly Run[], agreement: Agreement): void {
  for (const run of runs) {
    const simulated = simulatePlan(row, plan, run.seed);
    const where = `${row.id}, day of seed ${run.seed}`;
    const error = compareMedians(where, simulated.activation.p50Ms, run.activation.p50Ms, agreement);
    agreement.dayActivationError = Math.max(agreement.dayActivationError, error);
    compareResponse(where, simulated.response.p50Ms, run.response.p50Ms, agreement);
  }
}

function compareSweep(
  rates: ReturnType<typeof simulateSweep>,
  measured: NonNullable<ChapterResult["sweep"]>,
  agreement: Agreement,
): void {
  const sweep = { sameVerdicts: 0, rates: measured.length, activationError: 0 };
  for (const point of measured) {
    const { perSecond, steady, activation, response } = point;
    const rate = rates.find((each) => each.perSecond === perSecond);
    const where = `${agreement.id} at ${perSecond} a second`;
    if (rate?.steady === steady) {
      sweep.sameVerdicts += 1;
    } else {
      agreement.misses.push(`${where}: simulated steady ${rate?.steady}, measured ${steady}`);
    }
    const error = compareMedians(where, rate?.activation.p50Ms ?? null, activation.p50Ms, agreement);
    sweep.activationError = Math.max(sweep.activationError, error);
    compareResponse(where, rate?.response.p50Ms ?? null, response.p50Ms, agreement);
  }
  agreement.sweep = sweep;
}

/** The error as a share. `null` is longer than anything. */
function compareMedians(
  where: string,
  simulated: number | null,
  measured: number | null,
  { misses }: Agreement,
): number {
  const error = errorOf(simulated, measured);
  if (error > allowedShare) {
    misses.push(`${where}: median activation simulated ${spoken(simulated)}, measured ${spoken(measured)}`);
  }
  return error;
}

function errorOf(simulated: number | null, measured: number | null): number {
  if (simulated === null || measured === null) {
    return simulated === measured ? 0 : Infinity;
  }
  return Math.abs(simulated / measured - 1);
}

function compareResponse(
  where: string,
  simulated: number | null,
  measured: number | null,
  agreement: Agreement,
): void {
  const errorMs = Math.abs((simulated ?? Infinity) - (measured ?? Infinity));
  const isFar = errorMs > allowedResponseMs && errorOf(simulated, measured) > allowedShare;
  if (isFar) {
    agreement.misses.push(
      `${where}: median response simulated ${spoken(simulated)}, measured ${spoken(measured)}`,
    );
  }
  agreement.responseErrorMs = Math.max(agreement.responseErrorMs, errorMs);
}

const spoken = (ms: number | null) => (ms === null ? "never" : `${Math.round(ms)} ms`);

function compareStorms(row: SimulatedRow, plan: Plan, { runs }: Runs, agreement: Agreement): void {
  // Twenty storms take a second, so only if the count alone doesn't decide.
  let others: LedgerEntries[] | undefined;
  const range = (entry: ReportedEntry) => {
    others ??= Array.from({ length: seedsOfRange }, (_, at) => simulatePlan(row, plan, 1 + at).ledger);
    const counts = others.map((ledger) => ledger[entry]);
    return { least: Math.min(...counts), most: Math.max(...counts) };
  };
  for (const run of runs) {
    const { ledger, activation } = simulatePlan(row, plan, run.seed);
    for (const entry of reportedEntries) {
      agreement.storms[entry].push([ledger[entry], run.ledger[entry]]);
    }
    agreement.storms.activationErrors.push(errorOf(activation.p50Ms, run.activation.p50Ms));
    for (const entry of heldEntries) {
      const [simulated, measured] = [ledger[entry], run.ledger[entry]];
      if (Math.abs(simulated - measured) <= countDeviations * Math.sqrt(Math.max(simulated, measured))) {
        continue;
      }
      const { least, most } = range(entry);
      if (measured < least || measured > most) {
        agreement.misses.push(
          `${row.id}, storm of seed ${run.seed}: ${entry} simulated ${simulated} (${least} to ${most} in ${seedsOfRange} seeds), measured ${measured}`,
        );
      }
    }
  }
}

/** How far the simulation is from the committed reference, chapter by chapter. */
export function agreementLines(): string[] {
  const reference = referenceResults();
  if (reference === undefined) {
    throw new Error("Expected bench/reference/results.json, found none; `npm run bench:full` measures one.");
  }
  return [
    "The simulation against the committed reference, in runs it was not fitted to:",
    "          days          sweep              storms, simulated/measured",
    "          works answer  verdicts works     lost  twice  aside waiting  calls",
    ...agreementWith(reference).map(lineOf),
    "Works and answer: the largest error of a median. Storms: the sum of three runs.",
  ];
}

function lineOf({ id, dayActivationError, responseErrorMs, sweep, storms }: Agreement): string {
  const percent = (share: number) => `${Math.round(100 * share)}%`;
  const sums = (pairs: readonly (readonly [number, number])[]) =>
    [0, 1].map((at) => pairs.reduce((sum, pair) => sum + (pair[at] ?? 0), 0)).join("/");
  return [
    id.padEnd(9),
    percent(dayActivationError).padStart(5),
    `${Math.round(responseErrorMs)}ms`.padStart(6),
    (sweep ? `${sweep.sameVerdicts} of ${sweep.rates}` : "").padStart(9),
    (sweep ? percent(sweep.activationError) : "").padStart(5),
    sums(storms.lost).padStart(8),
    sums(storms.doubled).padStart(7),
    sums(storms.deadLettered).padStart(6),
    sums(storms.waiting).padStart(7),
    sums(storms.vendorCalls).padStart(10),
  ].join(" ");
}
