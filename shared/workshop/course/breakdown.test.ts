import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { busyMachine, explainBreakdown, machinesFault, withLog } from "./breakdown.ts";
import type { ProcessLine } from "./breakdown.ts";
import { needs, OpenTaskError, otherwise } from "./task.ts";

const folder = "/home/me/take a ticket/mine";
const from = (process: string, ...lines: string[]): ProcessLine[] => lines.map((line) => ({ process, line }));
const finding = { did: "asked", expected: "202", saw: "the status 500", why: "so" };
const ended = new Error(
  "Expected the api to be ready, but it ended: exit code 1, Error [TransformError]: Transform failed",
);

test.each([
  ["/home/me/take a ticket/mine", "/home/me/take a ticket/mine/api.ts"],
  [String.raw`C:\Users\me\ticket\mine`, String.raw`C:\Users\me\ticket\mine\api.ts`],
])("a file in %s that can't be read as TypeScript is named with its line", (where, file) => {
  const lines = from(
    "api",
    "Error [TransformError]: Transform failed with 1 error:",
    `${file}:30:47: ERROR: Expected "}" but found ";"`,
    "    at failureErrorWithLog (/home/me/take a ticket/node_modules/esbuild/lib/main.js:1752:15)",
  );

  expect(explainBreakdown(ended, lines, where)).toEqual({
    brokenAt: "api.ts:30",
    doesNotRun: true,
    finding: expect.objectContaining({
      expected: "api.ts:30 to compile",
      saw: 'Expected "}" but found ";"',
    }),
  });
});

test.each([
  [
    'mine/handler.ts:9: The function can\'t be bundled: Expected identifier but found "=".',
    "handler.ts:9",
    'The function can\'t be bundled: Expected identifier but found "="',
  ],
  [
    "mine/template.yaml:71: Resources.X.BatchSyze is not emulated: remove it.",
    "template.yaml:71",
    "Resources.X.BatchSyze is not emulated: remove it",
  ],
])("what the embedded AWS refuses is named with its line: %s", (message, brokenAt, saw) => {
  expect(explainBreakdown(new Error(message), [], folder)).toEqual({
    brokenAt,
    doesNotRun: true,
    finding: expect.objectContaining({ saw }),
  });
});

test("reports a number that AWS refuses by its reason, and a leftover `?` as such", () => {
  const mine = mkdtempSync(join(os.tmpdir(), "mine-"));
  try {
    const found = (limit: string) => {
      writeFileSync(
        join(mine, "template.yaml"),
        `Resources:\n  ScalingConfig: { MaximumConcurrency: ${limit} }\n`,
      );
      const message =
        "mine/template.yaml:2: Resources.ScalingConfig.MaximumConcurrency must be from 2 to 1000.";
      return explainBreakdown(new Error(message), [], mine).finding;
    };

    expect(found("1")).toMatchObject({
      expected: "template.yaml:2 to be a template that can be deployed",
      saw: "Resources.ScalingConfig.MaximumConcurrency must be from 2 to 1000",
    });
    expect(found("?").saw).toBe("a `?` that is still in its place: write the number there");
  } finally {
    rmSync(mine, { recursive: true });
  }
});

test("reports a receipt handle that SQS refuses beside the finding", () => {
  const lines = from(
    "worker",
    "ReceiptHandleIsInvalid: The input receipt handle is invalid.",
    `    at settle (${folder}/worker.ts:52:5)`,
  );

  expect(withLog(finding, lines, folder)).toEqual({
    brokenAt: "worker.ts:52",
    finding: {
      ...finding,
      saw: "the status 500 (its log: ReceiptHandleIsInvalid: The input receipt handle is invalid)",
    },
  });
});

test("reports how a process ended during its start, and where its code threw", () => {
  const lines = from(
    "api",
    `${folder}/api.ts:12`,
    "",
    "ReferenceError: statusUrl is not defined",
    `    at <anonymous> (file://${folder}/api.ts:12:9)`,
    `    at createApi (${folder}/api.ts:99:9)`,
  );
  const error = new Error(
    "Expected the api to be ready, but it ended: exit code 1, ReferenceError: statusUrl is not defined",
  );

  expect(explainBreakdown(error, lines, folder)).toEqual({
    brokenAt: "api.ts:12",
    doesNotRun: true,
    finding: expect.objectContaining({
      saw: "it ended: exit code 1, ReferenceError: statusUrl is not defined",
    }),
  });
});

test("says that a silent process was waited for", () => {
  const error = new Error("Expected the worker to be ready within 10000 ms, but it was silent");

  expect(explainBreakdown(error, [], folder).finding).toMatchObject({
    expected: "the worker to start and to stay",
    saw: "it was not ready after 10 s, and said nothing",
  });
});

test("never blames the copy for this machine's faults", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });

  expect(machinesFault(new Error("it was not built", { cause: full }))).toBe(
    "Your copy could not be checked, so nothing is said about it: ENOSPC: no space left on device, write. Free some space, or give the folder its rights back, and check again.",
  );
  // The copy's process may say this for its own reasons.
  expect(machinesFault(new Error("Expected the api to be ready, but it ended: EACCES"))).toBeUndefined();
  expect(machinesFault(undefined)).toBeUndefined();
});

describe("on a busy machine", () => {
  const silent = new Error("Expected the worker to be ready within 10000 ms, but it was silent");
  const unanswered = new DOMException("The operation was aborted due to timeout", "TimeoutError");
  const late = new OpenTaskError(finding, { isLate: true });
  const seen = new OpenTaskError(finding);
  const judgedOn = (loadPerCore: number, error: unknown, lines: ProcessLine[] = []) =>
    busyMachine(error, { lines, folder, loadPerCore });

  test("a wait that ran out says nothing about the copy, only what was waited for", () => {
    expect(judgedOn(6.2, late)).toBe(
      "Your copy could not be judged: 6 processes want each core of this machine, and what was waited for (202) may only be late. Check again when it has less to do.",
    );
    expect(judgedOn(6.2, silent)).toContain("what was waited for (the worker to start and to stay) may");
    expect(judgedOn(6.2, unanswered)).toContain("may only be late");
    expect(judgedOn(6.2, new Error("Expected an outcome other than false within 5000 ms"))).toContain("late");
  });

  test("a wait that ran out counts against the copy if the machine is quiet", () => {
    for (const error of [late, silent, unanswered]) {
      expect(judgedOn(3, error)).toBeUndefined();
    }
  });

  test("what was seen counts against the copy: a wrong answer, a death, a mistake with its line, a broken file", () => {
    const dead = from("launcher", "The api ended by itself (exit code 3); it starts again in 100 ms");
    const threw = from(
      "api",
      "TypeError: Cannot read properties of undefined",
      `    at ${folder}/api.ts:20:26`,
    );

    expect(judgedOn(6.2, seen)).toBeUndefined();
    expect(judgedOn(6.2, late, dead)).toBeUndefined();
    expect(judgedOn(6.2, unanswered, threw)).toBeUndefined();
    expect(judgedOn(6.2, ended)).toBeUndefined();
    expect(judgedOn(6.2, new TypeError("fetch failed"))).toBeUndefined();
    expect(judgedOn(6.2, new Error("mine/template.yaml:71: BatchSyze is not emulated."))).toBeUndefined();
  });

  test("an error that the copy prints because it was late itself doesn't count as its mistake", () => {
    const slow = from("api", "Error: Expected SQS to answer within 1 s", `    at ${folder}/api.ts:20:26`);

    expect(judgedOn(6.2, late, slow)).toContain("may only be late");
  });
});

describe("a task is open", () => {
  const caught = (error: unknown) => error as OpenTaskError;
  const waited = () => Promise.reject(new Error("Expected an outcome within 5000 ms"));

  test("as late if a wait was given up, unless what was found can't change any more", async () => {
    expect(await otherwise(waited(), finding).catch(caught)).toMatchObject({ finding, isLate: true });
    const certain = await otherwise(waited(), () => ({ ...finding, isCertain: true })).catch(caught);
    expect(certain).toMatchObject({ isLate: false });
    expect(certain).toHaveProperty("finding", finding);
  });

  test("for certain if it was seen without waiting", () => {
    expect(() => needs(false, finding)).toThrow(expect.objectContaining({ finding, isLate: false }));
    expect(() => needs(false, finding, { isLate: true })).toThrow(expect.objectContaining({ isLate: true }));
  });
});

test("a process that died during the check is reported with its last words", () => {
  const lines = [
    ...from("worker", "Error: boom", `    at <anonymous> (${folder}/worker.ts:59:36)`),
    ...from("launcher", "The worker ended by itself (exit code 1, Error: boom); it starts again in 100 ms"),
  ];

  expect(explainBreakdown(new TypeError("fetch failed"), lines, folder)).toEqual({
    brokenAt: "worker.ts:59",
    doesNotRun: true,
    finding: expect.objectContaining({
      saw: "a connection that was refused, or cut (its log: The worker ended by itself (exit code 1, Error: boom))",
    }),
  });
});

test("a missing answer doesn't show as a stack", () => {
  const error = new DOMException("The operation was aborted due to timeout", "TimeoutError");

  expect(explainBreakdown(error, [], folder)).toEqual({
    doesNotRun: true,
    finding: expect.objectContaining({ saw: "no answer, though it was waited for" }),
  });
});

test("the finding names the mistake in the log, with its line", () => {
  const lines = from(
    "ActivationFunction 17064",
    "activation failed, SQS delivers it again {",
    "  error: TypeError: Cannot read properties of undefined (reading 'foo')",
    `      at settle (${folder}/handler.ts:20:26)`,
    `      at handler (${folder}/handler.ts:27:29) {`,
  );

  expect(withLog(finding, lines, folder)).toEqual({
    brokenAt: "handler.ts:20",
    finding: {
      ...finding,
      saw: "the status 500 (its log: TypeError: Cannot read properties of undefined (reading 'foo'))",
    },
  });
});

test("an error that the check itself provoked is not the copy's mistake", () => {
  const lines = from(
    "worker",
    "activation failed, SQS delivers it again {",
    "  error: VendorFailedError: Expected the vendor's answer, but nobody listens",
    "      at createVendor (/home/me/take a ticket/shared/vendor.ts:58:9)",
    `      at settle (${folder}/worker.ts:66:5) {`,
    "    [cause]: TypeError: fetch failed",
    "        at node:internal/deps/undici/undici:14976:13",
    `        at settle (${folder}/worker.ts:66:5)`,
  );

  expect(withLog(finding, lines, folder)).toEqual({ finding });
});
