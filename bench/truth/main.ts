// Checks the instrument against servers with known delays: `npm run bench:truth`.
import { needWords, readCommand, runCommand } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { startSender } from "../load/sender.ts";
import type { Sender } from "../load/sender.ts";
import { spoken } from "../figures/format.ts";
import { quantiles } from "../figures/statistics.ts";
import { meanOf, measureClosedLoop, measureOpenLoop, medianByRateMode, wakeLateness } from "./instrument.ts";
import { oddAnswers, startTruth, truthOfStall } from "./truths.ts";
import type { OddAnswer } from "./truths.ts";

const load = { perSecond: 100, seconds: 10, seed: 1, warmUpSeconds: 1.5 };

interface ComparedFigure {
  name: string;
  truth: number;
  measured: number;
  allowed: number;
  unit: keyof typeof shownAs;
}

const shownAs = {
  ms: (value: number) => `${value.toFixed(2)} ms`,
  core: (value: number) => value.toFixed(3),
  answers: (value: number) => String(value),
  "a second": (value: number) => `${value.toFixed(1)}/s`,
};

const usage = usageOf("bench:truth");

runCommand(async (argv, env) => {
  needWords(readCommand({ usage }, argv, env).words, [], usage);
  process.stderr.write(
    "Three servers of known delay, each under 100 requests a second for 10 s, four that answer in ways which an instrument may " +
      "misread, each asked by both loops for 3 s, and one more: about a minute.\n",
  );
  const sender = await startSender();
  const figures: ComparedFigure[] = [];
  try {
    figures.push(...(await fixed(sender)), ...(await twoModes(sender)), ...(await stall(sender)));
    for (const answer of Object.keys(oddAnswers) as OddAnswer[]) {
      figures.push(...(await oddHttp(sender, answer)));
    }
  } finally {
    await sender.stop();
  }
  console.log(tableOf(figures).join("\n"));
  const { p50Ms, p99Ms } = wakeLateness(load);
  console.log(
    `This machine wakes a thread that only sleeps ${spoken(p50Ms ?? 0)} late (p50), ${spoken(p99Ms ?? 0)} (p99):\n` +
      "no sender can be earlier than that.",
  );
  console.log(["", ...(await rateMode())].join("\n"));
  const missed = figures.filter((figure) => !isMet(figure));
  if (missed.length > 0) {
    throw new Error(
      `Expected every figure to be as near to the truth as allowed, but ${missed.map(({ name }) => name).join(", ")} ` +
        "missed; see that nothing else runs on this machine, and try again.",
    );
  }
});

const fixed = (sender: Sender) =>
  withServer({ kind: "fixed", delayMs: 100 }, async (server) => {
    const { response, own, late, cpuShare } = await measureOpenLoop(sender, server, load);
    return [
      figure("fixed 100 ms: p50", own.p50Ms, response.p50Ms, 1),
      figure("fixed 100 ms: p99", own.p99Ms, response.p99Ms, 1),
      figure("the sender late by: p99", 0, late.p99Ms, 2),
      { name: "the sender's process", truth: 0, measured: cpuShare, allowed: 0.1, unit: "core" } as const,
    ];
  });

const twoModes = (sender: Sender) =>
  withServer({ kind: "two modes", fastMs: 5, slowMs: 200, shareOfSlow: 0.1, seed: 1 }, async (server) => {
    const { response, own } = await measureOpenLoop(sender, server, load);
    return [
      figure("two modes: p50", own.p50Ms, response.p50Ms, 0.02 * (own.p50Ms ?? 0)),
      figure("two modes: p99", own.p99Ms, response.p99Ms, 0.02 * (own.p99Ms ?? 0)),
    ];
  });

function stall(sender: Sender) {
  const endsAtEpochMs = performance.timeOrigin + performance.now();
  const truth = { kind: "stall", serviceMs: 5, everyMs: 5_000, forMs: 1_000, endsAtEpochMs } as const;
  return withServer(truth, async (server) => {
    const { response, momentsEpochMs, meanMs } = await measureOpenLoop(sender, server, load);
    const waitsMs = truthOfStall(truth, momentsEpochMs);
    const right = quantiles({ finishedMs: waitsMs, never: 0 });
    return [
      figure("a stall of 1 s in 5: p99", right.p99Ms, response.p99Ms, 0.05 * (right.p99Ms ?? 0)),
      // Each request that was due in a stall has waited from then on, and nothing else has. A correction for coordinated omission would
      // count the stall twice, with samples of requests that were never sent: it doubles the mean, and hardly changes a p99.
      figure("a stall, once: mean", meanOf(waitsMs), meanMs, 0.05 * meanOf(waitsMs)),
      answers("a stall, once: answers", momentsEpochMs.length, response.count),
    ];
  });
}

const oddLoad = { ...load, seconds: 3, warmUpSeconds: 0.5 };
const oddDelayMs = 50;

/** Whether both loops recognize such an answer, and when it is complete. */
const oddHttp = (sender: Sender, answer: OddAnswer) =>
  withServer({ kind: "odd HTTP", answer, delayMs: oddDelayMs }, async (server) => {
    const { method, ends = false } = oddAnswers[answer];
    // A misread answer is off by the whole delay. If a server ends each connection, its customers open another, which the server
    // doesn't see itself, and ten at the same time take a few milliseconds.
    const [allowedMs, allowedShare] = ends ? [10, 0.2] : [2, 0.1];
    const open = await measureOpenLoop(sender, server, { ...oddLoad, method });
    const closed = await measureClosedLoop(server, { connections: 10, seconds: oddLoad.seconds, method });
    return [
      answers(`${answer}: open, answers`, open.own.count, open.response.count - open.response.never),
      figure(`${answer}: open, p50`, open.own.p50Ms, open.response.p50Ms, allowedMs),
      answers(`${answer}: closed, answers`, closed.own.count, closed.response.count - closed.response.never),
      figure(`${answer}: closed, p50`, closed.own.p50Ms, closed.response.p50Ms, allowedMs),
      {
        name: `${answer}: closed, rate`,
        truth: closed.possiblePerSecond,
        measured: closed.answersPerSecond,
        allowed: allowedShare * closed.possiblePerSecond,
        unit: "a second",
      } as const,
    ];
  });

const alwaysMs = 500;

/** Why autocannon's rate mode is not used here. */
const rateMode = () =>
  withServer({ kind: "fixed", delayMs: alwaysMs }, async ({ url }) => [
    `For comparison, autocannon's own rate mode: of a server that always takes ${alwaysMs} ms it`,
    `reports a median of ${Math.round(await medianByRateMode(url, load.perSecond, 5))} ms. Nothing here uses it.`,
  ]);

/** Starts a server, and stops it after use. */
async function withServer<Found>(
  truth: Parameters<typeof startTruth>[0],
  use: (server: Awaited<ReturnType<typeof startTruth>>) => Promise<Found>,
): Promise<Found> {
  const server = await startTruth(truth);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

type Quantile = number | null | undefined;

function figure(name: string, truth: Quantile, measured: Quantile, allowedMs: number): ComparedFigure {
  // A missing quantile is as far off as can be.
  return { name, truth: truth ?? Infinity, measured: measured ?? Infinity, allowed: allowedMs, unit: "ms" };
}

/** Not one more, and not one less. */
const answers = (name: string, truth: number, measured: number): ComparedFigure => ({
  name,
  truth,
  measured,
  allowed: 0,
  unit: "answers",
});

function isMet({ truth, measured, allowed }: ComparedFigure): boolean {
  return Math.abs(measured - truth) <= allowed;
}

function tableOf(figures: readonly ComparedFigure[]): string[] {
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(30) : cell.padStart(10))).join("");
  return [
    line(["figure", "truth", "measured", "off by", "allowed", "ok"]),
    ...figures.map((each) => {
      const text = shownAs[each.unit];
      const { name, truth, measured, allowed } = each;
      return line([
        name,
        text(truth),
        text(measured),
        text(measured - truth),
        text(allowed),
        isMet(each) ? "yes" : "NO",
      ]);
    }),
  ];
}
