// Measures the embedded AWS against its targets: `npm run bench:aws`, or `npm run bench:aws seconds=2`. The figures are this machine's
// and say nothing about AWS. Close other programs that use the CPU.
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { needWords, readCommand, runCommand } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { freePort } from "#shared/listen.ts";
import { startLocalAws } from "#shared/local-aws/start.ts";
import { startChild } from "#shared/run/child-process.ts";
import { median } from "../../figures/statistics.ts";
import type { JobResult } from "./load.ts";
import { RawConnection, requestBytes } from "./raw-connection.ts";
import { askOnce, startLoad } from "./start-load.ts";

interface Goal {
  what: string;
  target: number;
  measured: number;
  unit: "ms" | "/s" | "x";
}

function round(value: number, unit: Goal["unit"]): string {
  switch (unit) {
    case "ms":
      return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
    case "/s":
      return `${Math.round(value).toLocaleString("en")} /s`;
    case "x":
      return value.toFixed(2);
  }
}

function line({ what, target, measured, unit }: Goal): string {
  const isReached = unit === "ms" ? measured <= target : measured >= target;
  const wanted = `${unit === "ms" ? "<" : ">"} ${round(target, unit)}`;
  return `${what.padEnd(43)}${wanted.padStart(13)}${round(measured, unit).padStart(13)}  ${isReached ? "reached" : "MISSED"}`;
}

const connections = 10;
const smallBacklog = 1_000;
const times = 5;
const handled = 220;
const warmUp = 20;
const answerWithinMs = 10_000;
const stopWithinMs = 1_000;

const middle = (values: readonly number[]) => median(values) ?? Number.NaN;
const perSecond = ({ count, elapsedMs }: Pick<JobResult, "count" | "elapsedMs">) =>
  (count / elapsedMs) * 1_000;

runCommand(async (argv, env) => {
  const { words, flags } = readCommand(
    { usage: usageOf("bench:aws"), flags: { seconds: "number" } },
    argv,
    env,
  );
  needWords(words, [], usageOf("bench:aws"));
  const durationMs = (flags.seconds ?? 5) * 1_000;
  console.log(
    `Embedded AWS on Node ${process.version}, ${cpus().length} cores. Two minutes; Ctrl-C stops it.\n`,
  );
  console.log(`${"".padEnd(43)}${"target".padStart(13)}${"measured".padStart(13)}`);
  const print = (rows: Goal[]) => rows.forEach((row) => console.log(line(row)));

  const start = await measureStart();
  print([
    {
      what: "first answer after start (SQS, median of 5)",
      target: 500,
      measured: start.answerMs,
      unit: "ms",
    },
  ]);
  const rates = await measureThroughput(durationMs);
  const { drainedPerSecond, drainedBehindManyPerSecond } = rates;
  print([
    {
      what: "SendMessage against a bare node:http server",
      target: 0.75,
      measured: middle(rates.shares),
      unit: "x",
    },
    { what: "receive 10 + batch delete, messages", target: 5_000, measured: drainedPerSecond, unit: "/s" },
    {
      what: "the same with 100,000 messages waiting",
      target: (drainedPerSecond * 2) / 3,
      measured: drainedBehindManyPerSecond,
      unit: "/s",
    },
  ]);
  const warm = await measureWarmHandler();
  print([{ what: "send to start of a warm handler, p50", target: 10, measured: warm.p50Ms, unit: "ms" }]);

  console.log(`
The slowest of the starts answered after ${round(start.slowestMs, "ms")}; SQS, DynamoDB and the
inspection were ready after ${round(start.readyMs, "ms")}. SendMessage over plain HTTP, on
${connections} connections, in turn with the server that does nothing:
${range(rates.sendsPerSecond, "/s")} beside ${range(rates.baresPerSecond, "/s")},
which is ${range(rates.shares, "x")} of it.
A node:http server that only keeps the message with an id and its digest:
${round(middle(rates.leastShares), "x")} (${range(rates.leastShares, "x")}).
For SQS the load process used ${Math.round(rates.loadShare * 100)} % of a core.`);
});

const range = (values: readonly number[], unit: Goal["unit"]) =>
  `${round(Math.min(...values), unit)} to ${round(Math.max(...values), unit)}`;

/** The time until SQS answers, and until everything is ready. The first start, which bundles, doesn't count. */
async function measureStart() {
  await (await startLocalAws()).stop();
  const answers: number[] = [];
  const readies: number[] = [];
  for (let count = 0; count < times; count += 1) {
    const sqsPort = await freePort();
    const startedAtMs = performance.now();
    const since = () => performance.now() - startedAtMs;
    const starting = startLocalAws({ sqsPort }).then((aws) => ({ aws, readyMs: since() }));
    const answering = firstAnswer(`http://127.0.0.1:${sqsPort}`).then(since);
    const [{ aws, readyMs }, answerMs] = await Promise.all([starting, answering]);
    answers.push(answerMs);
    readies.push(readyMs);
    await aws.stop();
  }
  return { answerMs: middle(answers), readyMs: middle(readies), slowestMs: Math.max(...answers) };
}

/** Sends and receives over plain HTTP. Sends alternate with servers that show what node:http itself can do (bare-server.ts). */
async function measureThroughput(durationMs: number) {
  const aws = await startLocalAws();
  const load = await startLoad();
  const bare = await startChild({ name: "bare server", file: join(import.meta.dirname, "bare-server.ts") });
  const { url: bareUrl, leastUrl } = (await bare.ready) as { url: string; leastUrl: string };
  const url = aws.sqsUrl;
  try {
    const send = (target: string, queueUrl: string, forMs: number) =>
      load.ask({ kind: "send", url: target, queueUrl, connections, durationMs: forMs });
    const sendToNewQueue = async (forMs: number) => {
      const QueueUrl = await askOnce(url, "CreateQueue", { QueueName: "send" });
      const result = await send(url, QueueUrl, forMs);
      await askOnce(url, "DeleteQueue", { QueueUrl });
      return result;
    };
    await send(bareUrl, "none", durationMs);
    await send(leastUrl, "none", durationMs);
    await sendToNewQueue(durationMs);
    const [bares, leasts, sends]: [JobResult[], JobResult[], JobResult[]] = [[], [], []];
    for (let count = 0; count < times; count += 1) {
      bares.push(await send(bareUrl, "none", durationMs));
      sends.push(await sendToNewQueue(durationMs));
      leasts.push(await send(leastUrl, "none", durationMs));
    }
    const baresPerSecond = bares.map(perSecond);
    const sharesOf = (results: JobResult[]) =>
      results.map((result, index) => perSecond(result) / (baresPerSecond[index] ?? Number.NaN));
    const drainRounds = async (backlog: number) => {
      const queueUrl = await askOnce(url, "CreateQueue", { QueueName: `drain-${backlog}` });
      await load.ask({ kind: "fill", url, queueUrl, messages: backlog });
      const total = { count: 0, elapsedMs: 0 };
      // Refilled before every round, outside the measured time, so that the backlog stays as large as stated.
      for (let round = 0; round === 0 || total.elapsedMs < durationMs; round += 1) {
        await load.ask({ kind: "fill", url, queueUrl, messages: smallBacklog });
        const result = await load.ask({ kind: "drain", url, queueUrl, connections, messages: smallBacklog });
        if (round > 0) {
          total.count += result.count;
          total.elapsedMs += result.elapsedMs;
        }
      }
      return perSecond(total);
    };
    return {
      baresPerSecond,
      sendsPerSecond: sends.map(perSecond),
      shares: sharesOf(sends),
      leastShares: sharesOf(leasts),
      loadShare: middle(sends.map(({ ownShare }) => ownShare)),
      drainedPerSecond: await drainRounds(0),
      drainedBehindManyPerSecond: await drainRounds(100_000),
    };
  } finally {
    await Promise.all([load.stop(), bare.stop(stopWithinMs), aws.stop()]);
  }
}

/** The time from just before a message is sent until its handler's first line, one message at a time. */
async function measureWarmHandler() {
  const reachedMs: number[] = [];
  let tell = () => {};
  const aws = await startLocalAws({
    templateFile: join(import.meta.dirname, "warm", "template.yaml"),
    onLine: (_source, line) => {
      const [, ms] = /reached after ([\d.]+)/.exec(line) ?? [];
      if (ms !== undefined) {
        reachedMs.push(Number(ms));
        tell();
      }
    },
  });
  try {
    const connection = await RawConnection.open(aws.sqsUrl);
    const QueueUrl = aws.outputs["QUEUE_URL"] ?? "";
    for (let count = 0; count < handled; count += 1) {
      const reached = new Promise<void>((resolve) => (tell = resolve));
      const MessageBody = String(performance.timeOrigin + performance.now());
      await connection.ask(requestBytes("SendMessage", { QueueUrl, MessageBody }));
      await Promise.race([reached, sleep(answerWithinMs, undefined, { ref: false }).then(tooLate)]);
    }
    connection.close();
  } finally {
    await aws.stop();
  }
  return { p50Ms: middle(reachedMs.slice(warmUp)) };
}

function tooLate(): never {
  throw new Error(`The handler was not reached within ${answerWithinMs / 1_000} s.`);
}

async function firstAnswer(url: string): Promise<void> {
  const untilMs = performance.now() + answerWithinMs;
  for (;;) {
    try {
      await askOnce(url, "ListQueues", {});
      return;
    } catch (error) {
      if (performance.now() > untilMs) {
        throw error;
      }
      await sleep(2);
    }
  }
}
