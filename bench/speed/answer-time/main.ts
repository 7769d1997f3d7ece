// Where the time of an answer goes, at ten customers a second: `npm run bench:speed`, or with rounds=9 seconds=8. Measures in turn a
// server that does nothing, each call to AWS, an app that makes all three, and chapters 02 to 07.
import { join } from "node:path";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { needWords, readCommand, runCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { listChapters } from "#shared/run/chapters.ts";
import { startChild } from "#shared/run/child-process.ts";
import { sqsAt } from "#shared/run/local-clients.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { requestFor } from "../../load/answers.ts";
import { startSender } from "../../load/sender.ts";
import type { Sender } from "../../load/sender.ts";
import { rotated } from "../../plan/rows.ts";
import { median } from "../../figures/statistics.ts";
import { haste } from "../../trial/start.ts";
import { sdkLine, shareLine, speedLines, subjects } from "./subjects.ts";
import type { Subject } from "./subjects.ts";

const usage = usageOf("bench:speed");
const perSecond = 10;
// A process that has answered fewer requests runs mostly unoptimized code.
const warmUps = 300;
const warmUpEveryMs = 15;
const stopWithinMs = 1_000;
const measured = ["02", "03", "04", "05", "06", "07"];

// The warning would appear above the table, and these versions are tested together.
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

interface Measured {
  name: string;
  url: string;
  /** The next device. Each is requested once. */
  nextDevice: number;
  /** The server itself reports how long its call took. */
  tellsItself: boolean;
}

runCommand(async (argv, env) => {
  const { words, flags } = readCommand({ usage, flags: { rounds: "number", seconds: "number" } }, argv, env);
  needWords(words, [], usage);
  const { rounds = 5, seconds = 4 } = flags;
  if (rounds < 1 || seconds < 1 || rounds * seconds > 1_000) {
    throw new UsageError(
      `Expected at least one round and one second, and no more than 1,000 in all; see \`${usage}\`.`,
    );
  }
  const count = Object.keys(subjects).length + measured.length;
  const minutes = Math.ceil((count * (rounds * seconds + (warmUps * warmUpEveryMs) / 1_000) + 20) / 60);
  console.log(
    `Ten customers a second for ${seconds} s each, ${rounds} rounds: about ${minutes} min; Ctrl-C stops it.\n`,
  );
  const perSubject = warmUps + rounds * seconds * perSecond;
  const stops: (() => Promise<void>)[] = [];
  try {
    const sender = await startSender();
    stops.push(sender.stop);
    const all = await startAll(perSubject, stops);
    const medians = new Map(all.map(({ name }): [string, number[]] => [name, []]));
    const warmUp = Array.from({ length: warmUps }, (_, at) => at * warmUpEveryMs);
    for (const each of all) {
      await p50Of(each, sender, warmUp, { isWarmUp: true });
    }
    const dueMs = Array.from({ length: seconds * perSecond }, (_, at) => (at * 1_000) / perSecond);
    for (let round = 0; round < rounds; round += 1) {
      for (const each of rotated(all, round)) {
        medians.get(each.name)?.push(await p50Of(each, sender, dueMs));
      }
    }
    console.log(`${"".padEnd(42)}${"p50".padStart(9)}  by round`);
    speedLines(medians).forEach((line) => console.log(line));
    console.log(`\n${sdkLine(medians.get(subjects.send) ?? [], medians.get(subjects.plain) ?? [])}`);
    console.log(`${shareLine(medians.get("07") ?? [], medians.get(subjects.calls) ?? [])}`);
  } finally {
    await Promise.allSettled(stops.map((stop) => stop()));
  }
});

/** The subjects share 07's embedded AWS, vendor and function, so that the app has the same neighbours as 07's API. */
async function startAll(perSubject: number, stops: (() => Promise<void>)[]): Promise<Measured[]> {
  const chapters = await Promise.all(
    listChapters()
      .filter(({ number }) => measured.includes(number))
      .map(async ({ number, name }) => {
        const own = Object.keys(subjects).length + 1;
        const devices = perSubject * (number === "07" ? own : 1);
        const running = await startChapter({ folder: name, devices, weather: haste });
        stops.push(running.stop);
        return { number, running };
      }),
  );
  const seven = chapters.find(({ number }) => number === "07")?.running;
  if (seven === undefined) {
    throw new Error("Expected a chapter 07, found none");
  }
  const asked = Object.entries(subjects) as [Subject, string][];
  const environment = { ...seven.environment, ...seven.outputs };
  const ownQueue = { ...environment, QUEUE_URL: await createQueue(seven) };
  const servers = asked.map(async ([subject, name], at): Promise<Measured> => {
    const child = await startChild({
      name: subject,
      file: join(import.meta.dirname, "subject.ts"),
      args: [subject],
      // A message sent alone causes no work: it goes to a separate queue that no one polls.
      env: subject === "send" || subject === "plain" ? ownQueue : environment,
    });
    stops.push(() => child.stop(stopWithinMs));
    const { url } = await child.ready;
    const tellsItself = ["claim", "send", "plain", "ticket"].includes(subject);
    return { name, url: `${String(url)}/activations`, nextDevice: (at + 1) * perSubject, tellsItself };
  });
  return [
    ...(await Promise.all(servers)),
    ...chapters.map(({ number, running }) => ({
      name: number,
      url: `${running.apiUrl}/activations`,
      nextDevice: 0,
      tellsItself: false,
    })),
  ];
}

async function createQueue({ sqsUrl }: RunningChapter): Promise<string> {
  const sqs = sqsAt(sqsUrl);
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "bench-speed" }));
  sqs.destroy();
  return QueueUrl;
}

/**
 * The median time of these requests, counted from when each was sent. Throws if one was answered wrongly, except in the warm-up:
 * cold processes may be too slow for a call's timeout.
 */
async function p50Of(
  subject: Measured,
  sender: Sender,
  moments: readonly number[],
  { isWarmUp = false } = {},
): Promise<number> {
  const tookMs: number[] = [];
  const requests = moments.map((dueMs, at) => {
    const { body } = requestFor(subject.nextDevice + at, dueMs);
    const read = (status: number, answer: string) => {
      if (status >= 300 && !isWarmUp) {
        throw new Error(`Expected ${subject.name} to answer, got ${status}: ${answer.slice(0, 200)}`);
      }
      if (subject.tellsItself && status < 300) {
        tookMs.push((JSON.parse(answer) as { tookMs: number }).tookMs);
      }
      return { outcome: "accepted" as const };
    };
    return { dueMs, body, read };
  });
  subject.nextDevice += moments.length;
  const { answers } = await sender.send({ url: subject.url, requests });
  const failure = answers.find((answer) => answer.failure !== undefined)?.failure;
  if (failure !== undefined && !isWarmUp) {
    throw new Error(`Expected ${subject.name} to answer, but: ${failure}`);
  }
  const seen = subject.tellsItself
    ? tookMs
    : answers.map(({ answeredMs, dueMs, lateMs }) => (answeredMs ?? Number.NaN) - dueMs - lateMs);
  return median(seen) ?? Number.NaN;
}
