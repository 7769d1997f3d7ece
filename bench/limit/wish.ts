import { join } from "node:path";
import { readCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { findChapter, projectFolder } from "#shared/run/chapters.ts";
import * as z from "zod";
import { readTarget, takeHeaders, targetFlags } from "../measure/target.ts";
import type { Target } from "../measure/target.ts";
import { rowsFor } from "../plan/rows.ts";
import type { Row } from "../plan/rows.ts";
import type { Promised } from "./verdict.ts";

/** What `npm run limit` has to do: chapters, or a URL. */
export interface LimitWish {
  chapters: readonly { row: Row; promised: Promised }[];
  url?: { target: Target; promised: Promised };
  seed: number;
  /** The folder for the results. */
  out: string;
  /** The command as typed. */
  typed: string;
}

const usage = usageOf("limit");
const usualWorksMs = 2_000;
const usualAnsweredMs = 100;
// Its answer includes the vendor's median of 400 ms, so no rate keeps 100 ms.
const answeredMsOf: Record<string, number> = { "01": 2_000 };
const pharmacy = "00";

const durationWord = z
  .string()
  .regex(/^\d+(?:\.\d+)?m?s$/)
  .transform((word) => Number.parseFloat(word) * (word.endsWith("ms") ? 1 : 1_000))
  // A longer promise would need longer probes.
  .pipe(z.number().min(1).max(10_000));
const seedWord = z.int().min(0).max(4_000_000_000);

/** Reads the command's words. Throws {@link UsageError}. */
export function readLimitWish(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): LimitWish {
  const { others, headerWords } = takeHeaders(argv);
  const ownFlags = { answered: "text", works: "text", seed: "number", out: "text" } as const;
  const { words, flags } = readCommand({ usage, flags: { ...targetFlags, ...ownFlags } }, others, env);
  const answeredMs = readDuration("answered", flags.answered);
  const worksMs = readDuration("works", flags.works);
  const seed = seedWord.safeParse(flags.seed ?? 1);
  if (!seed.success) {
    throw new UsageError(`Expected a whole seed up to 4000000000, got ${flags.seed}; see \`${usage}\`.`);
  }
  const common = {
    seed: seed.data,
    out: flags.out ?? join(projectFolder, "bench", "results"),
    typed: typedAs(argv),
  };
  if (words.some((word) => /[:/.]/.test(word))) {
    if (worksMs !== undefined) {
      throw new UsageError(
        "Expected no `works=` with a URL, got one: from outside no one sees when a device works; leave it out.",
      );
    }
    const target = readTarget(words, flags, { headerWords, usage });
    return {
      chapters: [],
      url: { target, promised: { answeredMs: answeredMs ?? usualAnsweredMs } },
      ...common,
    };
  }
  return {
    chapters: rowsOf(words).map((row) => ({
      row,
      promised: {
        answeredMs: answeredMs ?? answeredMsOf[row.id] ?? usualAnsweredMs,
        worksMs: worksMs ?? usualWorksMs,
      },
    })),
    ...common,
  };
}

// It is written into the results, and a header may contain a key, and a URL a password.
const typedAs = (argv: readonly string[]) =>
  ["npm run limit", ...argv.filter((word) => !/^(?:--)?(?:out|header)=/.test(word))]
    .join(" ")
    .replaceAll(/\/\/[^\s/@]*@/g, "//");

/** One row per named chapter, all in the same weather. */
function rowsOf(words: readonly string[]): Row[] {
  if (words.length === 0) {
    throw new UsageError(`Expected a chapter, \`mine\` or a URL, got nothing; write \`${usage}\`.`);
  }
  const chapters = words.map((word) => findChapter(word));
  if (chapters.some(({ number }) => number === pharmacy)) {
    throw new UsageError(
      "Chapter 00 has no endpoint to measure; name others, such as `npm run limit 03 04`.",
    );
  }
  return chapters
    .filter(({ name }, at) => chapters.findIndex((other) => other.name === name) === at)
    .flatMap((chapter) => rowsFor([chapter]).slice(0, 1));
}

function readDuration(name: "answered" | "works", word: string | undefined): number | undefined {
  if (word === undefined) {
    return undefined;
  }
  const read = durationWord.safeParse(word);
  if (!read.success) {
    throw new UsageError(
      `Expected a time from 1ms to 10s, such as \`${name}=2s\`, got \`${name}=${word}\`; see \`npm run help limit\`.`,
    );
  }
  return read.data;
}
