// What recording a trace costs: `npm run bench:tracing`, or with pairs=41 seconds=4. An embedded AWS runs, then chapter 07, each with
// its trace on and off in turn: two processes differ by more than the trace costs. A processor time's figure is the median of the pairs'
// ratios, an answer's the ratio of the quantiles of all answers, with the interval in which it is in 95 of 100 cases: more pairs make
// it narrower. A p99 needs tens of thousands of answers:
// `npm run bench:tracing customers pairs=120 seconds=10` leaves the queue out and takes three quarters of an hour.
import { setTimeout as sleep } from "node:timers/promises";
import { needWords, readCommand, runCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { startLocalAws } from "#shared/local-aws/start.ts";
import type { LocalAws } from "#shared/local-aws/start.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { quantileRatio } from "../figures/quantile-ratio.ts";
import type { Ratio } from "../figures/quantile-ratio.ts";
import { aroundMedian, median, quantiles } from "../figures/statistics.ts";
import { requestFor } from "../load/answers.ts";
import { seededRandom } from "../plan/arrivals.ts";
import { startSender } from "../load/sender.ts";
import type { OpenLoopResult, Sender } from "../load/sender.ts";
import { haste } from "../trial/start.ts";
import { askOnce, startLoad } from "./embedded-aws/start-load.ts";

const usage = usageOf("bench:tracing");
const fewestPairs = 7;
const perSecond = 20;
const warmUpSeconds = 15;
const warmUpWithinSeconds = 60;
// As seen on two cores.
const startsSeconds = 15;
const finishSeconds = 0.5;
const connections = 10;
const answersWithinMs = 5_000;
const mostShare = 0.03;
const mostSeconds = 1_500;
const [nameWidth, figureWidth] = [54, 11];

type Answers = OpenLoopResult["answers"];
type Tracing = "on" | "off";
const bothWays: readonly Tracing[] = ["on", "off"];

// The warning would appear above the table, and these versions are tested together.
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

runCommand(async (argv, env) => {
  const kinds = { pairs: "number", seconds: "number", customers: "switch" } as const;
  const { words, flags } = readCommand({ usage, flags: kinds }, argv, env);
  needWords(words, [], usage);
  const { pairs = 21, seconds = 2 } = flags;
  const withQueue = flags.customers !== true;
  if (pairs < fewestPairs || seconds < 1 || pairs * seconds > mostSeconds) {
    throw new UsageError(
      `Expected at least ${fewestPairs} pairs of a second or more, and no more than ${mostSeconds} s in all; see \`${usage}\`.`,
    );
  }
  const minutes = Math.round(takesSeconds(pairs, seconds, withQueue) / 60);
  console.log(`${pairs} pairs of ${seconds} s each, ${minutes} min; Ctrl-C stops it.\n`);
  console.log(`${"".padEnd(nameWidth)}${"without".padStart(figureWidth)}${"with".padStart(figureWidth)}`);
  if (withQueue) {
    await compareQueues(pairs, seconds);
  }
  await compareChapters(pairs, seconds);
});

/** Both ways of a pair: the queue for half of `seconds`, and 07 for all of it, each with a moment to finish. */
const takesSeconds = (pairs: number, seconds: number, withQueue: boolean): number =>
  startsSeconds + warmUpSeconds + pairs * 2 * ((withQueue ? seconds / 2 : 0) + seconds + finishSeconds);

/** The measurements of each pair. */
type Measured = Record<Tracing, number[]>;

const nothing = (): Measured => ({ on: [], off: [] });

/** Measures both ways, alternating which one comes first. */
async function inTurn(pairs: number, measure: (tracing: Tracing) => Promise<void>): Promise<void> {
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const tracing of pair % 2 === 0 ? bothWays : bothWays.toReversed()) {
      await measure(tracing);
    }
  }
}

/** The CPU time of the AWS process for each message that is sent, and for each that is received and deleted. */
async function compareQueues(pairs: number, seconds: number): Promise<void> {
  const aws = await startLocalAws();
  const load = await startLoad();
  const [sending, draining] = [nothing(), nothing()];
  const perMessage = async (count: () => Promise<number>) => {
    const beforeMs = await usedMs(aws);
    const done = await count();
    return (((await usedMs(aws)) - beforeMs) / done) * 1_000;
  };
  const measure = async (tracing: Tracing, isWarmUp: boolean) => {
    await aws.tracePart?.record(tracing === "on");
    const { sqsUrl: url } = aws;
    const queueUrl = await askOnce(url, "CreateQueue", { QueueName: "tracing" });
    const durationMs = seconds * 500;
    let count = 0;
    const sent = await perMessage(async () => {
      ({ count } = await load.ask({ kind: "send", url, queueUrl, connections, durationMs }));
      return count;
    });
    const drained = await perMessage(async () => {
      const messages = count - (count % 100);
      await load.ask({ kind: "drain", url, queueUrl, connections, messages });
      return messages;
    });
    await askOnce(url, "DeleteQueue", { QueueUrl: queueUrl });
    if (!isWarmUp) {
      sending[tracing].push(sent);
      draining[tracing].push(drained);
    }
  };
  try {
    await inTurn(1, (tracing) => measure(tracing, true));
    await inTurn(pairs, (tracing) => measure(tracing, false));
  } finally {
    await Promise.all([load.stop(), aws.stop()]);
  }
  print("AWS's processor time for SendMessage", "us", sending);
  print("the same for a message received and deleted", "us", draining);
}

async function usedMs(aws: Pick<LocalAws, "processorMs">): Promise<number> {
  const ms = await aws.processorMs(answersWithinMs);
  if (ms === undefined) {
    throw new Error(
      `Expected the embedded AWS to say within ${answersWithinMs} ms what it used, but it was silent`,
    );
  }
  return ms;
}

/**
 * How long a customer of chapter 07 waits, and the CPU time of the AWS process per activation, with its functions' requests. One
 * chapter records and doesn't record in turn, since two chapters differ by more than the trace costs: with neither recording, the one
 * that was started first took 1.31 (1.14 to 1.49) of the other's processor time in AWS, and its p50 was 1.2 of the other's (31 pairs).
 */
async function compareChapters(pairs: number, seconds: number): Promise<void> {
  const devices = (pairs * seconds * bothWays.length + warmUpWithinSeconds) * perSecond;
  const running = await startChapter({ folder: "07-lock", devices, weather: haste, trace: "customers" });
  const stops = [running.stop];
  try {
    const sender = await startSender();
    stops.push(sender.stop);
    // A chapter of which a process is gone answers no longer, and would be waited for.
    const broken = running.broken.then((sentence) => {
      throw new Error(sentence);
    });
    await Promise.race([measureChapter(running, sender, pairs, seconds), broken]);
  } finally {
    await Promise.allSettled(stops.map((stop) => stop()));
  }
}

async function measureChapter(
  running: RunningChapter,
  sender: Sender,
  pairs: number,
  seconds: number,
): Promise<void> {
  const { trace } = running;
  if ("whyNone" in trace) {
    throw new Error(trace.whyNone);
  }
  let nextDevice = 0;
  const used = nothing();
  const all: Record<Tracing, number[][]> = { on: [], off: [] };
  const ask = async (forSeconds: number) => {
    const firstDevice = nextDevice;
    const count = forSeconds * perSecond;
    nextDevice += count;
    return await answersTo(running, sender, { firstDevice, count });
  };
  await warmUp(running, () => ask(1));
  await inTurn(pairs, async (tracing) => {
    await trace.record(tracing === "on");
    const beforeMs = await usedByAws(running);
    const waitsMs = waits(running, await ask(seconds));
    // What came last is worked on for some milliseconds more.
    await sleep(300);
    used[tracing].push(((await usedByAws(running)) - beforeMs) / waitsMs.length);
    all[tracing].push(waitsMs);
  });
  print(`AWS's processor time for an activation of 07`, "ms", used);
  printAnswers(all);
}

/** The answers of each pair. Of too few for a p99 it shows the longest, of which nothing follows. */
function printAnswers(all: Record<Tracing, number[][]>): void {
  const of = (tracing: Tracing) => quantiles({ finishedMs: all[tracing].flat(), never: 0 });
  const [off, on] = [of("off"), of("on")];
  const pairs = all.off.map((one, pair) => ({ one, other: all.on[pair] ?? [] }));
  printFigures(
    `07's answer at ${perSecond} a second, p50 of ${on.count}`,
    "ms",
    Number(off.p50Ms),
    Number(on.p50Ms),
  );
  printRatio(quantileRatio(pairs, 0.5, seededRandom(1)));
  if (off.p99Ms === undefined || on.p99Ms === undefined) {
    printFigures("the same, max", "ms", Number(off.maxMs), Number(on.maxMs));
  } else {
    printFigures("the same, p99", "ms", Number(off.p99Ms), Number(on.p99Ms));
    printRatio(quantileRatio(pairs, 0.99, seededRandom(1)));
  }
}

/**
 * One second at a time, each after everyone before was answered: a chapter that has just started is slow, and on a busy machine turns
 * customers away until it has caught up. Throws if that takes too long.
 */
async function warmUp({ chapter }: RunningChapter, askOneSecond: () => Promise<Answers>): Promise<void> {
  let served = 0;
  for (let second = 0; served < warmUpSeconds; second += 1) {
    if (second === warmUpWithinSeconds) {
      throw new Error(
        `Expected ${chapter} to accept ${perSecond} customers a second for ${warmUpSeconds} s in a row, but for ${warmUpWithinSeconds} s it turned some away again and again: this machine is too busy`,
      );
    }
    const answers = await askOneSecond();
    served = answers.every(({ outcome }) => outcome === "accepted") ? served + 1 : 0;
  }
}

async function usedByAws(running: RunningChapter): Promise<number> {
  const times = await running.processorTimes?.(answersWithinMs);
  const aws = times?.find(({ name }) => name === "aws");
  if (aws === undefined) {
    throw new Error(
      `Expected the AWS of ${running.chapter} to say within ${answersWithinMs} ms what it used, but it was silent`,
    );
  }
  return aws.ms;
}

async function answersTo(
  { apiUrl }: RunningChapter,
  sender: Sender,
  { firstDevice, count }: { firstDevice: number; count: number },
): Promise<Answers> {
  const requests = Array.from({ length: count }, (_, at) =>
    requestFor(firstDevice + at, (at * 1_000) / perSecond),
  );
  const { answers } = await sender.send({ url: `${apiUrl}/activations`, requests });
  return answers;
}

/** How long each of these customers waited, counted from when the request was sent. */
function waits({ chapter }: RunningChapter, answers: Answers): number[] {
  return answers.map(({ answeredMs, dueMs, lateMs, outcome, failure, problem }) => {
    if (answeredMs === null || outcome !== "accepted") {
      throw new Error(
        `Expected ${chapter} to accept each of ${answers.length} customers, but one was ${outcome} (${failure ?? problem ?? "no reason"})`,
      );
    }
    return answeredMs - dueMs - lateMs;
  });
}

const shown = (value: number, unit: "us" | "ms") =>
  `${value.toFixed(unit === "us" ? 0 : 2)} ${unit}`.padStart(figureWidth);

function print(what: string, unit: "us" | "ms", { on, off }: Measured): void {
  const ratios = on.map((value, pair) => value / (off[pair] ?? Number.NaN));
  const [from, to] = aroundMedian(ratios);
  printFigures(what, unit, median(off) ?? Number.NaN, median(on) ?? Number.NaN);
  printRatio({ middle: median(ratios) ?? Number.NaN, from, to });
}

function printFigures(what: string, unit: "us" | "ms", off: number, on: number): void {
  console.log(`${what.padEnd(nameWidth)}${shown(off, unit)}${shown(on, unit)}`);
}

function printRatio({ middle, from, to }: Ratio): void {
  const most = 1 + mostShare;
  const verdict = to <= most ? "reached" : from > most ? "MISSED" : "not decided";
  console.log(
    `  ratio ${middle.toFixed(3)} (95 %: ${from.toFixed(3)} to ${to.toFixed(3)}), must be at most ${most}: ${verdict}`,
  );
}
