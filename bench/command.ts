import { findChapter, listChapters } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { readBegun } from "#shared/workshop/course/mine.ts";
import { readCommand, UsageError } from "#shared/command.ts";
import { fullStorm, labPlans, planOnAccount, shortDay, shortStorm, sweepPlan } from "./plan/plans.ts";
import { isLab, onAws, rowsFor } from "./plan/rows.ts";
import type { MeasuredChapter } from "./plan/rows.ts";
import type { WhatToMeasure } from "./plan/steps.ts";
import type { AccountWish } from "./trial/on-account.ts";

interface BenchCommand extends WhatToMeasure {
  seed: number;
  /** The folder for the results. */
  out?: string;
  /** Chapter 08 where it is deployed, in place of on this machine. */
  account?: AccountWish;
  /** The command as it was typed. */
  typed: string;
}

const kinds = {
  day: {
    name: "npm run bench",
    usage: "npm run bench [chapters] [runs=3] [seed=1] [no-closed-loop] [url=URL real-aws]",
  },
  storm: { name: "npm run bench:storm", usage: "npm run bench:storm [chapters] [full] [runs=3] [seed=1]" },
  full: { name: "npm run bench:full", usage: "npm run bench:full [chapters] [seed=1]" },
} as const;

const daysOfFull = 5;
const stormsOfFull = 3;
const mostRuns = 50;

/** Reads which benchmark is wanted: the first word is its kind, which package.json gives. Throws {@link UsageError}. */
export function readBenchCommand(
  [kind = "day", ...argv]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): BenchCommand {
  if (!isKind(kind)) {
    throw new UsageError(`Expected one of ${Object.keys(kinds).join(", ")}, got ${kind.slice(0, 60)}.`);
  }
  const { name, usage } = kinds[kind];
  const common = { seed: "number", out: "text" } as const;
  // Where the results go makes no difference to them.
  const typed = [name, ...argv.filter((word) => !/^(?:--)?out=/.test(word))].join(" ");
  if (kind === "full") {
    const { words, flags } = readCommand({ usage, flags: common }, argv, env);
    const whole = rest(words, flags, usage);
    const day = shortDay(daysOfFull);
    // The labs' question is one of two systems, over seeds: a shorter storm will do, and no rate is too high for it.
    return whole.rows.some(({ chapter }) => isLab(chapter))
      ? {
          ...whole,
          plans: { day, storm: shortStorm(stormsOfFull), ...labPlans(whole.rows, daysOfFull) },
          withClosedLoop: false,
          typed,
        }
      : {
          ...whole,
          plans: { day, storm: fullStorm(stormsOfFull), sweep: sweepPlan },
          withClosedLoop: true,
          typed,
        };
  }
  if (kind === "storm") {
    const { words, flags } = readCommand(
      { usage, flags: { ...common, runs: "number", full: "switch" } },
      argv,
      env,
    );
    const storm = (flags.full === true ? fullStorm : shortStorm)(readRuns(flags.runs, usage));
    return { ...rest(words, flags, usage), plans: { storm }, withClosedLoop: false, typed };
  }
  const { words, flags } = readCommand(
    { usage, flags: { ...common, ...accountFlags, runs: "number", "no-closed-loop": "switch" } },
    argv,
    env,
  );
  const whole = rest(words, flags, usage);
  const runs = readRuns(flags.runs, usage);
  const { url, "real-aws": realAws = false, yes = false, profile, region, stack } = flags;
  const asksForAccount = url !== undefined || realAws || profile !== undefined;
  if (asksForAccount) {
    if (url === undefined || whole.rows.every(({ chapter }) => chapter !== onAws)) {
      throw new UsageError(
        "Expected chapter 08 and where it is, as in `npm run bench 07 08 url=https://... real-aws`; `npm run cloud status` shows the URL.",
      );
    }
    // Whoever is measured beside it has the same plan: both storms are the short one, so that a typing error costs cents.
    const plans = { day: planOnAccount(shortDay(runs)), storm: planOnAccount(shortStorm(runs)) };
    const account = { url, realAws, yes, ...given({ profile, region, stack }) };
    // Where nothing comes twice a key that the vendor honours changes nothing: one row of 07 is enough.
    const rows = whole.rows
      .filter(({ weather }) => weather.honoursIdempotencyKey !== true)
      .map((row) => (row.chapter === onAws ? { ...row, label: "08 aws" } : row));
    return { ...whole, rows, plans, withClosedLoop: false, account, typed };
  }
  const isForLab = whole.rows.some(({ chapter }) => isLab(chapter));
  return {
    ...whole,
    plans: { day: shortDay(runs), ...labPlans(whole.rows, runs) },
    // A participant who waits for their own figures shall wait for the day alone; a lab has a plan of its own instead.
    withClosedLoop: flags["no-closed-loop"] !== true && !words.includes("mine") && !isForLab,
    typed,
  };
}

const accountFlags = {
  url: "text",
  "real-aws": "switch",
  yes: "switch",
  profile: "text",
  region: "text",
  stack: "text",
} as const;

/** Only what is there. */
const given = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

function rest(
  words: readonly string[],
  { seed = 1, out }: { seed?: number; out?: string },
  usage: string,
): Pick<BenchCommand, "rows" | "seed" | "out"> {
  if (!Number.isSafeInteger(seed) || seed > largestSeed) {
    throw new UsageError(`Expected a whole seed up to ${largestSeed}, got ${seed}; see \`${usage}\`.`);
  }
  return { rows: rowsFor(chosenChapters(words)), seed, ...(out !== undefined && { out }) };
}

// The seeds of later runs follow it, and the vendor's weather takes 32 bits.
const largestSeed = 4_000_000_000;

function readRuns(runs = 1, usage = ""): number {
  if (!Number.isInteger(runs) || runs < 1 || runs > mostRuns) {
    throw new UsageError(`Expected 1 to ${mostRuns} runs, got ${runs}; see \`${usage}\`.`);
  }
  return runs;
}

/** The chapters that are named, or all that answer over HTTP; a participant's own only if it is named, and then last. */
function chosenChapters(words: readonly string[]): MeasuredChapter[] {
  const named = words.filter((word) => word !== "mine").map(findChapter);
  if (named.some(({ number }) => number === pharmacy)) {
    throw new UsageError(
      "Chapter 00 has no endpoint to measure; name others, such as `npm run bench 01 02`.",
    );
  }
  const chosen: MeasuredChapter[] = words.includes("mine") ? withOwn(named) : named;
  return chosen.length === 0
    ? listChapters().filter(
        ({ number, name }) => number !== pharmacy && number !== "mine" && name !== onAws && !isLab(name),
      )
    : chosen.filter(({ name }, at) => chosen.findIndex((other) => other.name === name) === at);
}

const pharmacy = "00";

/** Alone it could be compared with nothing: the chapter that it was begun as is measured, too. */
function withOwn(named: readonly Chapter[]): MeasuredChapter[] {
  const own = listChapters().find(({ number }) => number === "mine");
  if (own === undefined) {
    throw new UsageError(
      "There is no mine/ to measure yet: `npm run begin 03` makes your copy of chapter 03, to be measured with `npm run bench 03 mine`.",
    );
  }
  const begunAs = readBegun(own.folder)?.chapter;
  const beside = named.length === 0 && begunAs !== undefined ? [findChapter(begunAs)] : named;
  return [...beside, { ...own, ...(begunAs !== undefined && { begunAs }) }];
}

const isKind = (word: string): word is keyof typeof kinds => Object.hasOwn(kinds, word);
