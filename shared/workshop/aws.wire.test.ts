import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";

import { eventually } from "#shared/testing/eventually.ts";
import { nodeArguments } from "#shared/testing/typescript.ts";

const command = fileURLToPath(new URL("./aws.ts", import.meta.url));
const template = fileURLToPath(new URL("../local-aws/conformance/fixtures/template.yaml", import.meta.url));

function run(...words: string[]) {
  const child = spawn(process.execPath, nodeArguments(command, ...words));
  const output = { text: "" };
  const collect = (chunk: Buffer) => (output.text += chunk.toString());
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  return { child, output };
}

// Windows has no signal that a process could handle.
it.skipIf(process.platform === "win32")("prints what a client needs, and ends with Ctrl-C", async () => {
  const { child, output } = run(template, "BatchSize=3");
  await eventually(() => expect(output.text).toContain("Stop it with Ctrl-C."));

  const variables = Object.fromEntries(
    [...output.text.matchAll(/export (\w+)='(.*)'/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  const sqs = new SQSClient({
    endpoint: variables["AWS_ENDPOINT_URL_SQS"] ?? "",
    region: variables["AWS_REGION"] ?? "",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const { QueueUrls: urls } = await sqs.send(new ListQueuesCommand({}));
  expect(urls).toEqual(expect.arrayContaining([variables["QUEUE_URL"], variables["PLAIN_QUEUE_URL"]]));
  expect(variables["AWS_DEFAULT_REGION"]).toBe(variables["AWS_REGION"]);
  expect(variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]).toBe("false");
  const taken = [...output.text.matchAll(/unset (.*)/g)].flatMap(([, names = ""]) => names.split(" "));
  expect(taken.toSorted()).toEqual(Object.keys(variables).toSorted());
  expect(output.text).toContain(`aws --endpoint-url ${variables["AWS_ENDPOINT_URL_SQS"]} sqs list-queues`);
  expect(output.text).toContain('Other than the template\'s default: {"BatchSize":"3"}');
  expect(output.text).toContain("  Globals.Function.MemorySize (line ");

  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([0, null]);
});

it.each([
  [[], 2, /^Expected one template, got 0; write `npm run aws TEMPLATE .*`\.$/],
  [["nowhere.yaml"], 1, /^.*nowhere\.yaml can't be read: name an existing template\.yaml\.$/],
  [[template, "Size=3"], 1, /^\S*template\.yaml:1: the template has no parameter Size: it has Visi.*\.$/],
])("refuses %j in one sentence", async (words, expectedCode, sentence) => {
  const { child, output } = run(...words);

  const [code] = (await once(child, "close")) as [number];

  expect(code).toBe(expectedCode);
  // The line breaks are for the terminal.
  expect(output.text.trim().replaceAll(/\s+/g, " ")).toMatch(sentence);
});
