import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { InvocationType } from "@aws-sdk/client-lambda";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { eventually } from "#shared/testing/eventually.ts";
import type { InvokedOrder } from "./fixtures/invoked.ts";
import { setStage } from "./fixtures/lambda-stage.ts";

const local = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

let stage: Awaited<ReturnType<typeof setStage>>;
let lambda: LambdaClient;
let sqs: SQSClient;

beforeAll(async () => {
  stage = await setStage({ template: "invoked.yaml", asyncRetryDelaysSeconds: [1, 2] });
  lambda = new LambdaClient({ ...local, endpoint: stage.aws.lambdaUrl, maxAttempts: 1 });
  sqs = new SQSClient({ ...local, endpoint: stage.aws.sqsUrl });
});
afterAll(async () => {
  lambda.destroy();
  sqs.destroy();
  await stage.clear();
});

const invoke = (order: InvokedOrder, type?: InvocationType, name = "Kept") =>
  lambda.send(
    new InvokeCommand({
      FunctionName: name,
      Payload: JSON.stringify(order),
      ...(type && { InvocationType: type }),
    }),
  );
const asked = () => stage.lines.flatMap(({ line }) => (line.startsWith("{") ? [JSON.parse(line)] : []));
const eventsOf = async (name: string) => (await stage.functionNamed(name)).asyncEvents;
const receive = async (queueUrl: string | undefined) => {
  const { Messages: [message] = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageAttributeNames: ["All"], WaitTimeSeconds: 10 }),
  );
  return message ?? expect.fail("Nothing was set aside");
};

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
describe("an asynchronous invocation", () => {
  it("is answered with 202 before the function has run, and stays in Lambda's queue until it has", async () => {
    const { StatusCode: status, Payload: payload } = await invoke({ wait: stage.gate.url }, "Event");

    expect(status).toBe(202);
    expect(payload ?? []).toHaveLength(0);
    await eventually(() => stage.gate.waiting() === 1);
    expect(await eventsOf("Kept")).toMatchObject({ received: 1, running: 1, waiting: 0 });
    stage.gate.open();
    await eventually(async () => expect(await eventsOf("Kept")).toMatchObject({ running: 0, waiting: 0 }));
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
  it("waits while the reserved concurrency is used up, and runs later", async () => {
    await invoke({ wait: stage.gate.url }, "Event");
    await eventually(() => stage.gate.waiting() === 1);
    await invoke({ answer: "second" }, "Event");

    expect(await eventsOf("Kept")).toMatchObject({
      running: 1,
      waiting: 1,
      events: [{ throttleCount: 0 }, { throttleCount: 1, invokeCount: 0 }],
    });
    await expect(invoke({}, "RequestResponse")).rejects.toMatchObject({
      name: "TooManyRequestsException",
      $metadata: { httpStatusCode: 429 },
    });
    stage.gate.open();
    await eventually(async () => expect(await eventsOf("Kept")).toMatchObject({ running: 0, waiting: 0 }));
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
  it("that keeps failing goes to the dead-letter queue unchanged, and to the destination as a record", async () => {
    const order: InvokedOrder = { act: "throw", answer: "told twice" };
    await invoke(order, "Event");

    const letter = await receive(stage.aws.outputs["DEAD_LETTERS_URL"]);
    const record = JSON.parse((await receive(stage.aws.outputs["RECORDS_URL"])).Body ?? "");
    // Both attempts have the same request id; nothing else links them.
    const requestIds = await eventually(() => {
      const ours = asked().filter((each) => each.order.answer === "told twice");
      expect(ours).toHaveLength(2);
      return ours.map((each) => each.requestId);
    });
    expect(new Set(requestIds).size).toBe(1);
    expect(JSON.parse(letter.Body ?? "")).toEqual(order);
    expect(letter.MessageAttributes).toMatchObject({
      RequestID: { StringValue: requestIds[0] },
      ErrorCode: { StringValue: "200" },
      ErrorMessage: { StringValue: "thrown as ordered" },
    });
    expect(record).toEqual({
      version: "1.0",
      timestamp: expect.any(String),
      requestContext: {
        requestId: requestIds[0],
        functionArn: "arn:aws:lambda:us-east-1:000000000000:function:Kept:$LATEST",
        condition: "RetriesExhausted",
        approximateInvokeCount: 2,
      },
      requestPayload: order,
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorType: "RangeError", errorMessage: "thrown as ordered" },
    });
  });

  it("that is nested thousands of levels deep is done, or set aside, like any other", async () => {
    const depth = 5_000;
    const Payload = `{"answer":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    const before = await eventsOf("Kept");

    await lambda.send(new InvokeCommand({ FunctionName: "Kept", InvocationType: "Event", Payload }));

    await eventually(async () =>
      expect(await eventsOf("Kept")).toMatchObject({ received: before.received + 1, running: 0, waiting: 0 }),
    );
  });

  it("is dropped after its retries if nothing is configured to keep it", async () => {
    await invoke({ act: "exit" }, "Event", "Dropped");

    await eventually(async () =>
      expect(await eventsOf("Dropped")).toMatchObject({ discarded: 1, waiting: 0 }),
    );
    expect(await stage.functionNamed("Dropped")).toMatchObject({ invocations: 3, errors: 3 });
    expect(stage.lines.some(({ line }) => line.includes("RetriesExhausted: the event is dropped"))).toBe(
      true,
    );
  });

  it("reports the delays that were overridden", () => {
    expect(stage.aws.overrides).toEqual({ AsyncRetryDelaysSeconds: "1, 2" });
  });
});

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
describe("Invoke", () => {
  const text = (payload: Uint8Array | undefined) => Buffer.from(payload ?? []).toString();

  it("gives the function's answer or its error to a caller who waits", async () => {
    const good = await invoke({ answer: { is: "good" } });
    const bad = await invoke({ act: "throw" });

    expect([good.StatusCode, good.FunctionError, text(good.Payload)]).toEqual([
      200,
      undefined,
      '{"is":"good"}',
    ]);
    expect([bad.StatusCode, bad.FunctionError]).toEqual([200, "Unhandled"]);
    expect(JSON.parse(text(bad.Payload))).toEqual({
      errorType: "RangeError",
      errorMessage: "thrown as ordered",
    });
  });

  it("accepts a function's ARN as its name, and runs nothing on a dry run", async () => {
    const before = (await stage.functionNamed("Kept")).invocations;
    const arn = "arn:aws:lambda:us-east-1:000000000000:function:Kept";

    expect((await invoke({}, "DryRun")).StatusCode).toBe(204);
    expect((await stage.functionNamed("Kept")).invocations).toBe(before);
    expect((await invoke({ answer: 1 }, "RequestResponse", arn)).StatusCode).toBe(200);
  });

  it.each([
    ["a function that is not there", { FunctionName: "Nobody" }, "ResourceNotFoundException", 404],
    ["a payload that is no JSON", { Payload: "{" }, "InvalidRequestContentException", 400],
    [
      "an event of more than 1 MiB",
      { Payload: `"${"x".repeat(1_048_576)}"` },
      "RequestTooLargeException",
      413,
    ],
  ])("refuses %s", async (_what, input, name, httpStatusCode) => {
    const command = new InvokeCommand({ FunctionName: "Kept", InvocationType: "Event", ...input });

    await expect(lambda.send(command)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  it("refuses an unknown type, other actions, and requests from browser pages", async () => {
    const url = `${stage.aws.lambdaUrl}/2015-03-31/functions/Kept/invocations`;
    const statusOf = async (path: string, init: RequestInit) => (await fetch(path, init)).status;

    const typed = { method: "POST", headers: { "x-amz-invocation-type": "Later" } };
    expect(await statusOf(url, typed)).toBe(400);
    expect(await statusOf(`${stage.aws.lambdaUrl}/2015-03-31/functions/`, {})).toBe(404);
    expect(await statusOf(url.replace("Kept", "%ff"), { method: "POST" })).toBe(404);
    expect(await statusOf(url, { method: "POST", headers: { origin: "http://example.com" } })).toBe(403);
  });
});
