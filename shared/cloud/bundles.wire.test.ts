import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { buildFunctions, settingsToLoad } from "./bundles.ts";

// Outside of the project: what is not in the bundle is not found here, as on AWS.
const folder = mkdtempSync(join(tmpdir(), "take a ticket bundle "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the handler of a built function in a process that is nobody's child, once for each event. */
async function answers(code: Uint8Array, events: object[]): Promise<unknown> {
  const file = join(folder, "function.cjs");
  writeFileSync(file, code);
  const script = `
    const { handler } = require(${JSON.stringify(file)});
    Promise.all(${JSON.stringify(events)}.map((event) => handler(event, {})))
      .then((answers) => console.log(JSON.stringify(answers)));
  `;
  const env = { ...inheritedEnvironment(), ...settingsToLoad };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: folder, env });
  return JSON.parse(stdout);
}

/** As API Gateway and a function's URL send it (payload format 2.0). */
const request = (method: string, path: string, headers: Record<string, string>, body?: string) => ({
  version: "2.0",
  rawPath: path,
  rawQueryString: "",
  headers,
  requestContext: { http: { method, path, sourceIp: "127.0.0.1" }, stage: "$default" },
  isBase64Encoded: false,
  ...(body !== undefined && { body }),
});

it("builds functions that answer from their bundle alone", async () => {
  const built = new Map((await buildFunctions({ sdk: "in" })).map(({ name, code }) => [name, code]));
  const codeOf = (name: string) => built.get(name) ?? new Uint8Array();
  const withKey = { authorization: `Bearer ${settingsToLoad.API_KEY}`, "content-type": "application/json" };

  expect(
    await answers(codeOf("ApiFunction"), [
      request("GET", "/healthz", {}),
      request("GET", "/healthz", withKey),
      request("POST", "/activations", withKey, '{"customerId":"c-1"}'),
      request("POST", "/activations", { ...withKey, "content-type": "application/json; charset=big5" }, "{}"),
    ]),
  ).toMatchObject([
    { statusCode: 401 },
    { statusCode: 200, body: '{"status":"ready"}' },
    { statusCode: 400, body: expect.stringContaining("macAddress") as unknown },
    // The tables of East Asian characters are left out: nothing asks for them.
    { statusCode: 415 },
  ]);
  expect(
    await answers(codeOf("VendorFunction"), [
      request("GET", "/weather", {}),
      request("GET", "/elsewhere", withKey),
    ]),
  ).toMatchObject([{ statusCode: 401 }, { statusCode: 404 }]);
  expect(await answers(codeOf("ActivationFunction"), [{ Records: [] }])).toEqual([{ batchItemFailures: [] }]);
});
