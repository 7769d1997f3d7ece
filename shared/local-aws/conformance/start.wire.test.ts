import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { UsageError } from "#shared/command.ts";
import { startLocalAws, TemplateError, type LocalAws } from "../start.ts";

const fixtures = fileURLToPath(new URL("./fixtures", import.meta.url));

let temporary: string;
let folder: string;
let aws: LocalAws | undefined;

beforeEach(async () => {
  aws = undefined;
  temporary = await mkdtemp(join(tmpdir(), "take-a-ticket-test-"));
  // Its own folder, so that we don't see what else runs on this machine.
  vi.stubEnv("TMPDIR", temporary).stubEnv("TEMP", temporary);
  folder = join(temporary, "with a space");
  await mkdir(folder);
});
afterEach(async () => {
  await aws?.stop();
  await rm(temporary, { recursive: true });
});

const write = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

describe("refuses in one sentence", () => {
  it("a broken template", async () => {
    const templateFile = await write("template.yaml", "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n");

    const start = startLocalAws({ templateFile });

    await expect(start).rejects.toThrow(TemplateError);
    await expect(start).rejects.toThrow(
      /template\.yaml:3: Resources\.Topic\.Type is AWS::SNS::Topic, which is not/,
    );
  });

  it("a template that doesn't exist", async () => {
    await expect(startLocalAws({ templateFile: join(folder, "none.yaml") })).rejects.toThrow(
      /none\.yaml can't be read: name an existing template\.yaml\.$/,
    );
  });

  it("a parameter that the template doesn't have", async () => {
    const templateFile = await write("template.yaml", "Resources: {}\n");

    await expect(startLocalAws({ templateFile, parameters: { Unknown: "1" } })).rejects.toThrow(
      /:1: the template has no parameter Unknown: it has none\.$/,
    );
  });

  it("a function that can't be bundled", async () => {
    await cp(join(fixtures, "template.yaml"), join(folder, "template.yaml"));
    await write("handler.ts", 'import { a } from "./nowhere.ts";\nexport const handler = a;\n');

    await expect(startLocalAws({ templateFile: join(folder, "template.yaml") })).rejects.toThrow(
      /handler\.ts:1: The function can't be bundled: Could not resolve ".\/nowhere\.ts"\.$/,
    );
  });

  it.each(["sqsPort", "dynamoDbPort"] as const)("a %s that is taken", async (option) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;

    const start = startLocalAws({ [option]: port });

    await expect(start).rejects.toThrow(UsageError);
    await expect(start).rejects.toThrow(
      new RegExp(`^Expected port ${port} for .* to be free, but another process listens on it; stop`),
    );
    other.close();
  });
});

describe("what is started", () => {
  it("works from any folder", async () => {
    await cp(fixtures, folder, { recursive: true });
    const lines: string[] = [];
    const onLine = (_: string, line: string) => void lines.push(line);
    aws = await startLocalAws({ templateFile: join(folder, "template.yaml"), onLine });

    await aws.stop();

    expect(lines).toEqual([]);
  });

  // On AWS, SAM's esbuild turns both into CommonJS: it has the names that a file exports, but not those of a default object.
  it("runs functions in JavaScript: CommonJS with what it requires, and modules", async () => {
    await write("lib.js", 'exports.parse = (text) => require("yaml").parse(text);\n');
    await write(
      "required.js",
      'const { hash } = require("node:crypto");\nconst { parse } = require("./lib.js");\n' +
        'exports.handler = async () => [parse("1"), typeof hash];\n',
    );
    await write(
      "module.mjs",
      'import { parse } from "yaml";\nexport const handler = async () => parse("2");\n',
    );
    await write("default.mjs", "export default { handler: async () => 3 };\n");
    const names = ["required.js", "module.mjs", "default.mjs"];
    const functions = names.map((file) => {
      const [name = ""] = file.split(".");
      return (
        `  ${name}:\n    Type: AWS::Serverless::Function\n` +
        `    Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [${file}] } }\n` +
        `    Properties: { CodeUri: ., Handler: ${name}.handler, Runtime: nodejs22.x, Timeout: 10 }\n`
      );
    });
    const templateFile = await write(
      "template.yaml",
      `Transform: AWS::Serverless-2016-10-31\nResources:\n${functions.join("")}`,
    );
    aws = await startLocalAws({ templateFile });
    const { lambdaUrl } = aws;

    const invoke = async (name: string): Promise<unknown> => {
      const url = `${lambdaUrl}/2015-03-31/functions/${name}/invocations`;
      return await (await fetch(url, { method: "POST", body: "{}" })).json();
    };

    expect(await Promise.all(["required", "module"].map(invoke))).toEqual([[1, "function"], 2]);
    expect(await invoke("default")).toMatchObject({ errorType: "Runtime.ImportModuleError" });
  });

  it("runs functions whatever others left in the temporary folder, and leaves nothing there", async () => {
    const left = ["take-a-ticket-1", "take-a-ticket-functions", "tsx-0", "node-compile-cache", "esbuild"];
    await Promise.all(
      left.map((name) => writeFile(join(temporary, name), "a file where a folder is expected")),
    );
    aws = await startLocalAws({ templateFile: join(fixtures, "invoked.yaml") });

    const url = `${aws.lambdaUrl}/2015-03-31/functions/Kept/invocations`;
    const answer: unknown = await (await fetch(url, { method: "POST", body: '{"answer":"here"}' })).json();

    expect(answer).toBe("here");
    expect((await readdir(temporary)).toSorted()).toEqual([...left, "with a space"].toSorted());
  });

  it("has no queue, table or function without a template", async () => {
    aws = await startLocalAws();

    const inspection: unknown = await (await fetch(aws.inspectUrl)).json();

    expect(inspection).toEqual({ atMs: expect.any(Number), queues: [], functions: [] });
    expect(aws).toMatchObject({ outputs: {}, parameters: {}, overrides: {}, ignored: [] });
  });

  it("can be inspected for reading only, and from this machine only", async () => {
    aws = await startLocalAws({ templateFile: join(fixtures, "template.yaml") });
    const { inspectUrl } = aws;
    const ask = (options: object) =>
      new Promise((resolve) => {
        const asked = request(inspectUrl, options, (response) => resolve(response.resume().statusCode));
        asked.end();
      });

    const shape = (await (await fetch(`${inspectUrl}/?bodies=no`)).json()) as { queues: object[] };
    expect(shape.queues[0]).toEqual({
      name: "Queue",
      url: aws.outputs["QUEUE_URL"],
      arn: "arn:aws:sqs:us-east-1:000000000000:Queue",
      visible: 0,
      inFlight: 0,
      delayed: 0,
      oldestAgeSeconds: 0,
    });
    expect(await ask({ headers: { host: "evil.example" } })).toBe(403);
    expect(await ask({ path: "//" })).toBe(404);
    expect(await ask({ method: "POST" })).toBe(405);
    expect(await ask({ path: "/other" })).toBe(404);
  });
});
