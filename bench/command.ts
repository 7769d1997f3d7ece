import { homedir } from "node:os";
import { findChapter, listChapters } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { readBegun } from "#shared/workshop/course/mine.ts";
import { readCommand, UsageError } from "#shared/command.ts";
import type { Command } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { fullStorm, labPlans, planOnAccount, shortDay, shortStorm, sweepPlan } from "./plan/plans.ts";
import { isLab, onAws, rowsFor } from "./plan/rows.ts";
import type { MeasuredChapter } from "./plan/rows.ts";
import type { WhatToMeasure } from "./plan/steps.ts";
import type { AccountWish } from "./trial/on-account.ts";

interface BenchCommand extends WhatToMeasure {
  seed: number;
  /** The folder for the results. */
  out?: string;
  /** Measures chapter 08 where it is deployed, instead of on this machine. */
  account?: AccountWish;
  /** The command as typed. */
  typed: string;
}

type Env = Readonly<Record<string, string | undefined>>;
type Read = Omit<BenchCommand, "typed">;

const kinds = {
  day: { name: "npm run bench", read: readDay },
  storm: { name: "npm run bench:storm", read: readStorm },
  full: { name: "npm run bench:full", read: readFull },
} as const;

const daysOfFull = 5;
const stormsOfFull = 3;
// If the machine is at fault three times, it will be again. Then the figures say that they are doubtful.
const repeatsOfFull = 2;
const mostRuns = 50;
// The seeds of later runs follow it, and the vendor's weather takes 32 bits.
const largestSeed = 4_000_000_000;

/** Reads which benchmark is wanted. The first word is its kind, from package.json. Throws {@link UsageError}. */
export function readBenchCommand([kind = "day", ...argv]: readonly string[], env: Env): BenchCommand {
  if (!isKind(kind)) {
    throw new UsageError(`Expected one of ${Object.keys(kinds).join(", ")}, got ${kind.slice(0, 60)}.`);
  }
  const { name, read } = kinds[kind];
  // The results' folder makes no difference to the results.
  const typed = [name, ...argv.filter((word) => !/^(?:--)?out=/.test(word))].join(" ");
  return { ...read(argv, env), typed };
}

const isKind = (word: string): word is keyof typeof kinds => Object.hasOwn(kinds, word);

const commonFlags = { seed: "number", out: "text" } as const;

function readDay(argv: readonly string[], env: Env): Read {
  const usage = usageOf("bench");
  const { words, flags } = readCommand(
    { usage, flags: { ...commonFlags, ...accountFlags, runs: "number", "no-closed-loop": "switch" } },
    argv,
    env,
  );
  const asked = readCommon(words, flags, usage);
  const runs = readRuns(flags.runs, usage);
  if (flags.url !== undefined || flags["real-aws"] === true || flags.profile !== undefined) {
    return onAccount(asked, flags, runs);
  }
  const isForLab = asked.rows.some(({ chapter }) => isLab(chapter));
  return {
    ...asked,
    plans: { day: shortDay(runs), ...labPlans(asked.rows, runs) },
    // A participant waits for the figures of their own version, so only the day; a lab has its own plan instead.
    withClosedLoop: flags["no-closed-loop"] !== true && !words.includes("mine") && !isForLab,
  };
}

function readStorm(argv: readonly string[], env: Env): Read {
  const usage = usageOf("bench:storm");
  const shape = { usage, flags: { ...commonFlags, runs: "number", full: "switch" } } as const;
  const { words, flags } = readCommand(shape, argv, env);
  const storm = (flags.full === true ? fullStorm : shortStorm)(readRuns(flags.runs, usage));
  return { ...readCommon(words, flags, usage), plans: { storm }, withClosedLoop: false };
}

function readFull(argv: readonly string[], env: Env): Read {
  const usage = usageOf("bench:full");
  const { words, flags } = readCommand({ usage, flags: commonFlags }, argv, env);
  // The reference is taken from it, and must stay small.
  const traces = "first" as const;
  const asked = { ...readCommon(words, flags, usage), mostRepeats: repeatsOfFull, traces };
  const day = shortDay(daysOfFull);
  // A lab asks about one of two systems, over seeds: the short storm is enough, and no rate is too high for it.
  return asked.rows.some(({ chapter }) => isLab(chapter))
    ? {
        ...asked,
        plans: { day, storm: shortStorm(stormsOfFull), ...labPlans(asked.rows, daysOfFull) },
        withClosedLoop: false,
      }
    : { ...asked, plans: { day, storm: fullStorm(stormsOfFull), sweep: sweepPlan }, withClosedLoop: true };
}

const accountFlags = {
  url: "text",
  "real-aws": "switch",
  yes: "switch",
  profile: "text",
  region: "text",
  stack: "text",
} as const;

type AccountFlags = Command<typeof accountFlags>["flags"];

/** A shell leaves the `~` of `out=~/results` alone, and Node would create a folder of this name. */
const atHome = (path: string) => path.replace(/^~(?=$|[\\/])/, homedir());

/** 08 where it is deployed, and the others beside it with the same plan. The short storm, so that a typing error costs cents. */
function onAccount(asked: Pick<Read, "rows" | "seed" | "out">, flags: AccountFlags, runs: number): Read {
  const { url, "real-aws": realAws = false, yes = false, profile, region, stack } = flags;
  if (url === undefined || asked.rows.every(({ chapter }) => chapter !== onAws)) {
    throw new UsageError(
      "Expected chapter 08 and where it is, as in `npm run bench 07 08 url=https://... real-aws`; `npm run cloud status` shows the URL.",
    );
  }
  // With no duplicates, a vendor that honours the key changes nothing: one row of 07 is enough.
  const rows = asked.rows
    .filter(({ weather }) => weather.honoursIdempotencyKey !== true)
    .map((row) => (row.chapter === onAws ? { ...row, label: "08 aws" } : row));
  return {
    ...asked,
    rows,
    plans: { day: planOnAccount(shortDay(runs)), storm: planOnAccount(shortStorm(runs)) },
    withClosedLoop: false,
    account: {
      url,
      realAws,
      yes,
      ...(profile !== undefined && { profile }),
      ...(region !== undefined && { region }),
      ...(stack !== undefined && { stack }),
    },
  };
}

function readCommon(
  words: readonly string[],
  { seed = 1, out }: { seed?: number; out?: string },
  usage: string,
): Pick<Read, "rows" | "seed" | "out"> {
  if (!Number.isSafeInteger(seed) || seed > largestSeed) {
    throw new UsageError(`Expected a whole seed up to ${largestSeed}, got ${seed}; see \`${usage}\`.`);
  }
  return { rows: rowsFor(chosenChapters(words)), seed, ...(out !== undefined && { out: atHome(out) }) };
}

function readRuns(runs = 1, usage = ""): number {
  if (!Number.isInteger(runs) || runs < 1 || runs > mostRuns) {
    throw new UsageError(`Expected 1 to ${mostRuns} runs, got ${runs}; see \`${usage}\`.`);
  }
  return runs;
}

/** The named chapters, or all that answer over HTTP. The participant's copy only if it is named, and then last. */
function chosenChapters(words: readonly string[]): MeasuredChapter[] {
  const named = words.filter((word) => word !== "mine").map((word) => findChapter(word));
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

/** Adds the chapter that a copy was begun as: alone, the copy could be compared with nothing. */
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
