// `npm run why 07 c-31` tells the story of one activation, with the lines of code that decided it.
import { findChapter } from "#shared/run/chapters.ts";
import { readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";
import { didYouMean } from "#shared/did-you-mean.ts";
import { readTrace } from "#shared/tracing/activations.ts";
import type { ReadTrace, TracedActivation } from "#shared/tracing/activations.ts";
import { findActivation, kindsOfStory, pickActivation, someCustomers } from "#shared/tracing/find.ts";
import type { KindOfStory } from "#shared/tracing/find.ts";
import { painter } from "../terminal/paint.ts";
import { readCodePlaces } from "./code-places.ts";
import { storyText } from "./story-text.ts";
import { parts, tracesFor } from "./which-trace.ts";
import type { Wish } from "./which-trace.ts";

const usage = "npm run why 07 c-31 [day | storm] [reference]";
const kinds = kindsOfStory.join("|");

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  const { wish, who } = readWish(words);
  const found = await findStory(wish, who);

  const paint = painter(process.stdout.isTTY && !env["NO_COLOR"]);
  const places = readCodePlaces(wish.chapter);
  console.log(storyText(found.read, found.activation, places, paint).join("\n"));
  console.log(`\n${wrap(`From ${found.from}.`)}`);
  if (found.problem !== undefined) {
    console.log(wrap(found.problem));
  }
});

/** Throws a {@link UsageError} that says which words are missing or superfluous. */
function readWish([row, who, ...more]: readonly string[]): { wish: Wish; who: string } {
  const ofReference = more.includes("reference");
  const [part, ...others] = more.filter((word) => word !== "reference");
  const isKnown = part === undefined || parts.some((each) => each === part);
  if (row === undefined || who === undefined || others.length > 0 || !isKnown) {
    const got = row === undefined ? "nothing" : `\`${[row, who, ...more].join(" ").trim()}\``;
    throw new UsageError(
      `Expected a chapter, and a customer, an eventId, a device or one of ${kinds}, got ${got}; write \`${usage}\`.`,
    );
  }
  // A row of the benchmark may be a chapter with its own weather: 07+key.
  const [word = "", weather = ""] = row.split(/(?=\+)/);
  const chapter = findChapter(word);
  return { wish: { chapter, row: `${chapter.number}${weather}`, part, ofReference }, who };
}

interface FoundStory {
  read: ReadTrace;
  activation: TracedActivation;
  from: string;
  problem: string | undefined;
}

/** Looks for a kind of story in one trace after the other, and for a customer in the first one. */
async function findStory(wish: Wish, who: string): Promise<FoundStory> {
  const kind = kindsOfStory.find((each) => each === who);
  const seen: string[] = [];
  for await (const { trace, from } of tracesFor(wish)) {
    const read = readTrace(trace);
    const activation = kind === undefined ? findActivation(read, who) : pickActivation(read, kind);
    if (activation !== undefined) {
      return { read, activation, from, problem: trace.problem };
    }
    if (kind === undefined) {
      throw new UsageError(unknownText(read, who, from));
    }
    seen.push(from);
  }
  const where = seen.length === 1 ? seen.join("") : `${seen.length} traces of ${wish.row}`;
  throw new UsageError(`${noneOf(kind)} in ${where}; name a customer instead, such as c-1.`);
}

function unknownText(read: ReadTrace, who: string, from: string): string {
  const known = someCustomers(read);
  return known.length === 0
    ? `Expected a customer of ${from}, but no one has asked for anything yet; activate a device first.`
    : `Expected a customer such as ${known.join(", ")}, an eventId, a device or one of ${kinds}, got ${who.slice(0, 40)}, whom ${from} doesn't know.${didYouMean(who, kindsOfStory)}`;
}

function noneOf(kind: KindOfStory | undefined): string {
  const words = {
    twice: "No device was provisioned twice",
    lost: "Nothing was lost",
    aside: "Nothing was set aside",
    slowest: "No one asked for anything",
  };
  return words[kind ?? "slowest"];
}
