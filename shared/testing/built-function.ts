import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { settingsToLoad } from "#shared/cloud/bundles.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { local, withoutOwnAccount } from "./cloud-command.ts";

// Settings that only the labs' functions need. Nothing listens there.
const settingsOfLabs = { DATABASE_URL: "postgres://127.0.0.1:9/none", CONNECTION_PER: "environment" };

/**
 * The handler's answer to each event, from a built file in a separate process; `{ failed }` for what it throws. Put the file outside
 * the project, so that what the bundle lacks is not found, as on AWS.
 */
export async function answersOf(file: string, events: readonly object[]): Promise<unknown[]> {
  const script = `
    const { handler } = require(${JSON.stringify(file)});
    const ask = async (event) => {
      try {
        return await handler(event, {});
      } catch (error) {
        return { failed: String(error) };
      }
    };
    Promise.all(${JSON.stringify(events)}.map(ask)).then((answers) => console.log("\\n" + JSON.stringify(answers)));
  `;
  const env = {
    ...inheritedEnvironment(),
    ...withoutOwnAccount,
    ...local,
    ...settingsToLoad,
    ...settingsOfLabs,
  };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: dirname(file), env });
  // The function's log comes before it.
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as unknown[];
}

interface Example {
  event: object;
  answer: unknown;
}

/** A request as API Gateway and a function's URL send it (payload format 2.0). */
const request = (method: string, path: string, headers: Record<string, string>, body?: string) => ({
  version: "2.0",
  rawPath: path,
  rawQueryString: "",
  headers,
  requestContext: { http: { method, path, sourceIp: "127.0.0.1" }, stage: "$default" },
  isBase64Encoded: false,
  ...(body !== undefined && { body }),
});

const withKey = { authorization: `Bearer ${settingsToLoad.API_KEY}`, "content-type": "application/json" };
const inBig5 = { ...withKey, "content-type": "application/json; charset=big5" };

const examples: Readonly<Record<string, Example[]>> = {
  ApiFunction: [
    { event: request("GET", "/healthz", {}), answer: { statusCode: 401 } },
    {
      event: request("GET", "/healthz", withKey),
      answer: { statusCode: 200, body: '{"status":"ready"}' },
    },
    {
      event: request("POST", "/activations", withKey, '{"customerId":"c-1"}'),
      answer: { statusCode: 400, body: expect.stringContaining("macAddress") as unknown },
    },
    // The bundle leaves the tables of East Asian characters out: nothing needs them.
    { event: request("POST", "/activations", inBig5, "{}"), answer: { statusCode: 415 } },
  ],
  VendorFunction: [
    { event: request("GET", "/weather", {}), answer: { statusCode: 401 } },
    { event: request("GET", "/elsewhere", withKey), answer: { statusCode: 404 } },
  ],
  ActivationFunction: [
    { event: { Records: [] }, answer: { batchItemFailures: [] } },
    {
      event: {
        Records: [
          {
            messageId: "m-1",
            receiptHandle: "r-1",
            body: "no activation",
            attributes: { ApproximateReceiveCount: "1" },
          },
        ],
      },
      // Even if it can't reach the queue to delay the message.
      answer: { batchItemFailures: [{ itemIdentifier: "m-1" }] },
    },
  ],
};

/** Events for a chapter's function, by its name in the template, and its answers where there is no AWS. */
export function examplesFor(name: string): Example[] {
  return examples[name] ?? [];
}

/** For a function invoked without a queue: it takes one activation, and this isn't one. */
export const examplesForInvoked: Example[] = [
  { event: { Records: [] }, answer: { failed: expect.stringContaining("eventId") as unknown } },
];
