import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startLocalAws } from "#shared/local-aws/start.ts";
import type { JobResult } from "./jobs.ts";
import { ask, startHere, stop } from "./processes.ts";
import { RawConnection, requestBytes } from "./raw-connection.ts";

const connections = 10;
const smallBacklog = 1_000;
const starts = 5;
const handled = 220;
const warmUp = 20;
const answerWithinMs = 10_000;

const median = (values: number[]) =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
const perSecond = ({ count, elapsedMs }: Pick<JobResult, "count" | "elapsedMs">) =>
  (count / elapsedMs) * 1_000;

/** From the order to start until SQS answers, and until everything is ready; the first start, which bundles, is not counted. */
export async function measureStart() {
  await (await startLocalAws()).stop();
  const answers: number[] = [];
  const readies: number[] = [];
  for (let count = 0; count < starts; count += 1) {
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
  return { answerMs: median(answers), readyMs: median(readies), slowestMs: Math.max(...answers) };
}

/** Sends and receives over plain HTTP, and against a bare server, which shows what the load process itself can do. */
export async function measureThroughput(durationMs: number) {
  const aws = await startLocalAws();
  const { child: load } = await startHere("./load.ts");
  const bare = await startHere("./bare-server.ts");
  const url = aws.sqsUrl;
  try {
    const send = async (target: string, queueUrl: string) => {
      const job = { kind: "send", url: target, queueUrl, connections } as const;
      await ask(load, { ...job, durationMs: durationMs / 4 });
      return ask(load, { ...job, durationMs });
    };
    // One after the other: two servers at once would share a core.
    const bareSends = await send(bare.ready.url ?? "", "none");
    await stop(bare.child);
    const sends = await send(url, await createQueue(url, "send"));
    const drainRounds = async (backlog: number) => {
      const queueUrl = await createQueue(url, `drain-${backlog}`);
      await ask(load, { kind: "fill", url, queueUrl, messages: backlog });
      const total = { count: 0, elapsedMs: 0 };
      // Filled again before every round and timed without that, so that the backlog stays what it is said to be.
      for (let round = 0; round === 0 || total.elapsedMs < durationMs; round += 1) {
        await ask(load, { kind: "fill", url, queueUrl, messages: smallBacklog });
        const result = await ask(load, { kind: "drain", url, queueUrl, connections, messages: smallBacklog });
        if (round > 0) {
          total.count += result.count;
          total.elapsedMs += result.elapsedMs;
        }
      }
      return perSecond(total);
    };
    const drained = await drainRounds(0);
    const drainedBehindMany = await drainRounds(100_000);
    return {
      bareSendsPerSecond: perSecond(bareSends),
      sendsPerSecond: perSecond(sends),
      loadShare: sends.ownShare,
      drainedPerSecond: drained,
      drainedBehindManyPerSecond: drainedBehindMany,
    };
  } finally {
    await stop(load);
    await aws.stop();
  }
}

/** From just before a message is sent until the first line of its handler, one message at a time. */
export async function measureWarmHandler() {
  const reachedMs: number[] = [];
  let tell = () => {};
  const aws = await startLocalAws({
    templateFile: fileURLToPath(new URL("./warm/template.yaml", import.meta.url)),
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
  return { p50Ms: median(reachedMs.slice(warmUp)) };
}

function tooLate(): never {
  throw new Error(`The handler was not reached within ${answerWithinMs / 1_000} s.`);
}

async function createQueue(url: string, QueueName: string): Promise<string> {
  const connection = await RawConnection.open(url);
  const answer = await connection.ask(requestBytes("CreateQueue", { QueueName }));
  connection.close();
  return (JSON.parse(answer) as { QueueUrl: string }).QueueUrl;
}

async function firstAnswer(url: string): Promise<void> {
  const untilMs = performance.now() + answerWithinMs;
  for (;;) {
    try {
      const connection = await RawConnection.open(url);
      await connection.ask(requestBytes("ListQueues", {}));
      connection.close();
      return;
    } catch (error) {
      if (performance.now() > untilMs) {
        throw error;
      }
      await sleep(2);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
