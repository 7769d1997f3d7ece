import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, expect, it } from "vitest";

import { eventually } from "#shared/testing/eventually.ts";
import { setStage } from "./fixtures/lambda-stage.ts";

const local = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

let stage: Awaited<ReturnType<typeof setStage>>;
afterEach(() => stage.clear());

// Any function error leaves the messages in the queue until their visibility timeout ends:
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
it("a message comes back whose environment is killed in the middle", async () => {
  stage = await setStage({ parameters: { VisibilityTimeoutSeconds: "4", TimeoutSeconds: "4" } });
  await stage.send(stage.aws.outputs["QUEUE_URL"], { wait: stage.gate.url, tag: "held" });
  await eventually(() => stage.gate.waiting() === 1);
  const { environments } = await stage.functionNamed("Reporting");
  const environment = environments.find(({ state }) => state === "busy");

  expect(environment?.bodies).toEqual([expect.stringContaining("held")]);
  await stage.aws.killEnvironment(environment?.pid ?? 0);

  await eventually(() => stage.gate.waiting() === 2);
  stage.gate.open();
  const ended = await stage.ended("Reporting", 2);
  expect(ended).toMatchObject({ invocations: 2, errors: 1, timeouts: 0 });
  expect(ended.environments.map(({ pid }) => pid)).not.toContain(environment?.pid);
  expect(await stage.tagsIn("Queue")).toEqual([]);
});

it("only an execution environment can be killed", async () => {
  stage = await setStage();

  await expect(stage.aws.killEnvironment(process.pid)).rejects.toThrow(
    `${process.pid} is no execution environment: there are none.`,
  );
});

it("code that can't be loaded fails the batch, and the log says why", async () => {
  stage = await setStage({ template: "broken.yaml" });
  await stage.send(stage.aws.outputs["QUEUE_URL"], { tag: "kept" });

  await eventually(async () => expect((await stage.functionNamed("Broken")).errors).toBe(1));

  const log = () => stage.lines.map(({ line }) => line).join("\n");
  await eventually(() =>
    expect(log()).toMatch(/code can't be loaded: SyntaxError.*\n(?:.*\n)*.*broken-handler\.ts:2/),
  );
  expect(await stage.tagsIn("Queue")).toEqual(["kept"]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html: Node 24's runtime takes no callbacks, Node 22's waits for them.
it("a handler with a callback is waited for, or refused where Lambda refuses it; it never counts as done", async () => {
  stage = await setStage({ template: "broken.yaml" });
  const lambda = new LambdaClient({ ...local, endpoint: stage.aws.lambdaUrl, maxAttempts: 1 });
  const invoke = async (FunctionName: string, event: object) => {
    const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await lambda.send(command);
    return [FunctionError, JSON.parse(Buffer.from(Payload ?? []).toString())] as const;
  };

  expect(await invoke("CalledBack", {})).toEqual([undefined, { called: "back" }]);
  expect(await invoke("CalledBack", { fails: true })).toEqual([
    "Unhandled",
    { errorType: "RangeError", errorMessage: "called back" },
  ]);
  expect((await invoke("CallingBack", {}))[0]).toBe("Unhandled");
  await eventually(() =>
    expect(stage.lines.map(({ line }) => line).join("\n")).toMatch(
      /Runtime\.CallbackHandlerDeprecated: Expected handler to be an async function/,
    ),
  );
  lambda.destroy();
});

it("a stop lets running invocations end, and polls no more", async () => {
  stage = await setStage({ parameters: { MaximumConcurrency: "2", BatchSize: "1" } });
  await stage.send(stage.aws.outputs["QUEUE_URL"], { wait: stage.gate.url, tag: "running" });
  await eventually(() => stage.gate.waiting() === 1);
  const [environment] = (await stage.functionNamed("Reporting")).environments;

  let isOff = false;
  const off = stage.aws.enableMapping(false).then(() => {
    isOff = true;
  });
  await stage.send(stage.aws.outputs["QUEUE_URL"], { tag: "later" });
  const { queues } = await stage.inspect();
  expect(queues.find(({ name }) => name === "Queue")).toMatchObject({ visible: 1, inFlight: 1 });
  expect(isOff).toBe(false);

  stage.gate.open();
  await off;
  expect(await stage.tagsIn("Queue")).toEqual(["later"]);
  await stage.aws.stop();
  expect(() => process.kill(environment?.pid ?? 0, 0)).toThrow("ESRCH");
});

it("a stop kills what doesn't end by itself", async () => {
  stage = await setStage({ parameters: { TimeoutSeconds: "30" } });
  await stage.send(stage.aws.outputs["QUEUE_URL"], { act: "spin" });
  await eventually(() => stage.lines.some(({ line }) => line === "spinning"));
  const [environment] = (await stage.functionNamed("Reporting")).environments;

  await stage.aws.stop();

  expect(() => process.kill(environment?.pid ?? 0, 0)).toThrow("ESRCH");
});
