import { afterAll, beforeAll, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { useChapter } from "#shared/testing/chapter.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { attack } from "#shared/testing/hostile/attack.ts";
import type { HostileAnswer, Target } from "#shared/testing/hostile/attack.ts";
import { apiSamples, dynamoDbSamples, lambdaSamples, sqsSamples } from "#shared/testing/hostile/samples.ts";
import { controlSamples, inspectionSamples, vendorSamples } from "#shared/testing/hostile/samples.ts";
import { descendantsOf, listeningPortsOf, residentMiB } from "#shared/testing/processes.ts";
import { hostileSeed, times } from "#shared/testing/toughness.ts";
import { findChapter } from "./chapters.ts";
import { startControlServer } from "./remote-control.ts";
import type { ControlServer } from "./remote-control.ts";

const rounds = 4;
const requestsPerRound = times({ usually: 450, full: 4_750 });
// How much a heap may grow before it is collected.
const levelWithinMiB = 64;

// What a process logs when it blames itself.
const oursToFix = /has a defect|embedded (?:SQS|Lambda):|Unforeseen error/;
const mistakes: string[] = [];
const chapter = useChapter(findChapter("07").folder, {
  devices: 500,
  onLine: (process, line) => {
    if (oursToFix.test(line)) {
      mistakes.push(`${process} | ${line}`);
    }
  },
});
let control: ControlServer;
beforeAll(async () => {
  control = await startControlServer(async ({ kind }) => [kind]);
});
afterAll(() => control.close());

/** Calls one of the embedded AWS's services. */
async function ask(url: string, target: string, body: object): Promise<Record<string, string>> {
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, string>;
}

/** Queues for the attack: no consumer gets what it sends there. */
async function makeQueues(sqsUrl: string) {
  const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  await ask(sqsUrl, "AmazonSQS.CreateQueue", { QueueName: "hostile-dead" });
  const redrivePolicy = { deadLetterTargetArn: arnOf("hostile-dead"), maxReceiveCount: 3 };
  const { QueueUrl: queueUrl = "" } = await ask(sqsUrl, "AmazonSQS.CreateQueue", {
    QueueName: "hostile",
    Attributes: { RedrivePolicy: JSON.stringify(redrivePolicy) },
  });
  return { queueUrl, deadLetterArn: arnOf("hostile-dead") };
}

async function makeTargets(): Promise<Target[]> {
  const { apiUrl, vendorUrl, sqsUrl, lambdaUrl, dynamoDbUrl, inspectUrl } = chapter.running;
  const { functions } = await chapter.inspect();
  return [
    { name: "SQS", url: sqsUrl, samples: sqsSamples(await makeQueues(sqsUrl)) },
    { name: "Lambda", url: lambdaUrl, samples: lambdaSamples(functions[0]?.name ?? "") },
    { name: "DynamoDB", url: dynamoDbUrl, samples: dynamoDbSamples },
    { name: "the API", url: apiUrl, samples: apiSamples(deviceAt(400)), mayFail: isBusy, judge: isProblem },
    { name: "the vendor", url: vendorUrl, samples: vendorSamples(deviceAt(401)), mayFail: isUnlucky },
    { name: "the inspection", url: inspectUrl, samples: inspectionSamples },
    { name: "the control server", url: control.url, samples: controlSamples(control.token) },
  ];
}

/** Something that the API depends on didn't answer in time. */
const isBusy = ({ status, headers }: HostileAnswer) => status === 503 && headers["retry-after"] === "1";

/** The weather makes the device fail: the attack may have changed the weather. */
const isUnlucky = ({ status, body }: HostileAnswer) =>
  status === 500 && body.includes("The vendor could not provision this device");

/** The API's errors all say what to do, in one form. Node itself answers requests that are not HTTP, without a content type. */
const isProblem = ({ status = 0, headers: { "content-type": type } }: HostileAnswer) =>
  status < 400 || type === undefined || type.includes("application/problem+json")
    ? undefined
    : `an error as ${type}`;

/** Removes what the attack was allowed to leave, above all messages. */
async function settle(ownQueues: ReadonlySet<string>): Promise<void> {
  for (const { name, url } of (await chapter.inspect()).queues) {
    if (!ownQueues.has(name)) {
      await ask(chapter.running.sqsUrl, "AmazonSQS.DeleteQueue", { QueueUrl: url });
    }
  }
  await chapter.calm();
}

it(
  `survives ${rounds * requestsPerRound} hostile requests, and does an ordinary activation afterwards`,
  { timeout: times({ usually: 240_000, full: 1_800_000 }) },
  async () => {
    const { running } = chapter;
    const processes = running.processes();
    const ownQueues = new Set((await chapter.inspect()).queues.map(({ name }) => name));
    const heldMiB: number[][] = [];

    for (let round = 0; round < rounds; round += 1) {
      const targets = await makeTargets();
      const seed = hostileSeed * rounds + round;
      expect(await attack(targets, { requests: requestsPerRound, seed })).toEqual([]);
      await settle(ownQueues);
      heldMiB.push(processes.map(({ pid }) => residentMiB(pid)));
    }

    expect(mistakes).toEqual([]);
    // No process has ended or was restarted.
    expect(running.processes()).toEqual(processes);
    await eventually(() => {
      processes.forEach(({ name, pid }, at) => {
        const growthMiB = residentMiB(pid) - (heldMiB[1]?.[at] ?? 0);
        const held = heldMiB.map((each) => each[at]?.toFixed()).join(", ");
        expect(growthMiB, `${name} held ${held} MiB`).toBeLessThan(levelWithinMiB);
      });
    });
    const { status, body } = await chapter.activate(7);
    expect(status).toBe(202);
    await chapter.becomes("active", body["eventId"]);
  },
);

it("answers a request target without a path with a problem", async () => {
  const samples = ["x://y", "http://[::1", "*"].map((path) => ({ method: "GET", path }));
  const target = { name: "the API", url: chapter.running.apiUrl, samples, judge: isProblem };

  expect(await attack([target], { requests: 40, seed: hostileSeed })).toEqual([]);
});

// Linux shows who listens where.
it.runIf(process.platform === "linux")("attacks every server of a chapter", async () => {
  const pids = chapter.running.processes().map(({ pid }) => pid);
  const ports = [...pids, ...pids.flatMap(descendantsOf)].flatMap(listeningPortsOf);

  const attacked = (await makeTargets()).map(({ url }) => Number(new URL(url).port));
  expect(attacked).toEqual(expect.arrayContaining(ports));
});
