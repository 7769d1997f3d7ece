import type { SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";

import { eventually } from "#shared/testing/eventually.ts";
import { setStage } from "./fixtures/lambda-stage.ts";

type Stage = Awaited<ReturnType<typeof setStage>>;

let stage: Stage;
let invocations = 0;

beforeAll(async () => {
  // Longer than a cold start on a busy machine, so that its message doesn't come back meanwhile.
  const parameters = { VisibilityTimeoutSeconds: "6", TimeoutSeconds: "3" };
  stage = await setStage({ parameters, environment: { OVERRIDDEN: "by the launcher" } });
});
afterAll(() => stage.clear());

const queueUrl = () => stage.aws.outputs["QUEUE_URL"];
const pidsOf = async () => (await stage.functionNamed("Reporting")).environments.map(({ pid }) => pid);
const linesOf = (pid: number | undefined) =>
  stage.lines.filter(({ source }) => source === `Reporting ${pid}`).map(({ line }) => line);

/** Sends one message and waits until the function has been idle again. */
async function runOnce(tag: string): Promise<void> {
  invocations += 1;
  await stage.send(queueUrl(), { tag });
  await stage.ended("Reporting", invocations);
}

it("starts an environment with the first message, and reuses it", async () => {
  expect(await pidsOf()).toEqual([]);

  await runOnce("cold");
  const pids = await pidsOf();
  await runOnce("warm");

  expect(pids).toHaveLength(1);
  expect(await pidsOf()).toEqual(pids);
  expect(await stage.tagsIn("Queue")).toEqual([]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html, .../nodejs-context.html, .../configuration-envvars.html
it("gives the handler AWS's event, a context and the variables of its template", async () => {
  const [pid] = await pidsOf();
  const seen = await eventually(() => JSON.parse(linesOf(pid)[0] ?? "") as Record<string, unknown>);

  expect((seen["event"] as SQSEvent).Records).toEqual([
    {
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: '{"tag":"cold"}',
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
      },
      messageAttributes: {},
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:Queue",
      awsRegion: "us-east-1",
    },
  ]);
  expect(seen["context"]).toEqual({
    functionName: "Reporting",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:Reporting",
    memoryLimitInMB: "256",
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    logGroupName: "/aws/lambda/Reporting",
    logStreamName: `local/[$LATEST]${pid}`,
    callbackWaitsForEmptyEventLoop: true,
  });
  expect(seen["remainingMs"]).toBeGreaterThan(1_000);
  expect(seen["remainingMs"]).toBeLessThanOrEqual(3_000);
  expect(seen["variables"]).toMatchObject({
    FROM_TEMPLATE: "template",
    OVERRIDDEN: "by the launcher",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_SQS: stage.aws.sqsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: stage.aws.dynamoDbUrl,
    AWS_ACCESS_KEY_ID: "local",
  });
  expect(seen["variables"]).not.toHaveProperty("VITEST");
});

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html; the message comes back by its visibility
// timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
it("kills a handler that spins past its timeout, and its message comes back", async () => {
  const [pid] = await pidsOf();
  await stage.send(queueUrl(), { act: "spin", tag: "spin" });

  await eventually(async () => expect((await stage.functionNamed("Reporting")).timeouts).toBe(1));
  invocations += 1;

  expect(linesOf(pid).at(-1)).toMatch(/^[0-9a-f-]{36} Task timed out after 3\.00 seconds$/);
  expect(await pidsOf()).not.toContain(pid);
  const [again] = await eventually(async () => {
    const pids = await pidsOf();
    expect(pids).toHaveLength(1);
    return pids;
  });
  await eventually(() => expect(linesOf(again).join()).toContain('"ApproximateReceiveCount":"2"'));
  await stage.aws.killEnvironment(again ?? 0);
});

it("shows a handler's stack with the line of its TypeScript", async () => {
  // The message of the previous test may be spinning again by now. This one doesn't wait for it.
  await stage.send(queueUrl(), { act: "throw", tag: "throw" });

  const errors = () => stage.lines.map(({ line }) => line).join("\n");
  await eventually(() =>
    expect(errors()).toMatch(/The handler failed: Error: thrown as ordered\n.*handler\.ts:\d+/),
  );
});
