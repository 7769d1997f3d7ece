import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { Limit } from "#shared/limit.ts";
import { parseResults } from "#shared/results.ts";
import { startCommand } from "#shared/testing/commands.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { descendantsOf, isAlive } from "#shared/testing/processes.ts";
import { startSender } from "../load/sender.ts";
import type { Sender } from "../load/sender.ts";
import { limitOfChapter, usualPlan } from "./chapter.ts";
import { limitOfUrl } from "./url.ts";

let sender: Sender;
beforeAll(async () => {
  sender = await startSender();
});
afterAll(() => sender.stop());

const nothing = () => {};
const signal = new AbortController().signal;

async function serve(answer: RequestListener, onTestFinished: (stop: () => void) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Serves one request after the other, at most this many a second. */
function oneByOne(perSecond: number): { answer: RequestListener; counted: () => number } {
  let freeAtMs = 0;
  let asked = 0;
  const answer: RequestListener = (_request, response) => {
    asked += 1;
    const nowMs = performance.now();
    freeAtMs = Math.max(freeAtMs, nowMs) + 1_000 / perSecond;
    setTimeout(() => response.end("done"), freeAtMs - nowMs);
  };
  return { answer, counted: () => asked };
}

const target = (url: string) => ({ url: new URL(url), method: "GET" as const, headers: {}, body: "" });

it("climbs to what a server can do, never states more, and stops at the first overload", async ({
  onTestFinished,
}) => {
  const { answer, counted } = oneByOne(12);
  const url = await serve(answer, onTestFinished);

  const limit = await limitOfUrl({
    target: target(url),
    promised: { answeredMs: 1_000 },
    seed: 1,
    probeSeconds: 3,
    sender,
    onStage: nothing,
    signal,
  });

  const { fromPerSecond, toPerSecond = Infinity, probes } = limit;
  // With 95 % within a second it is 10.6, since customers come at random.
  expect(fromPerSecond).toBeGreaterThan(4);
  expect(fromPerSecond).toBeLessThanOrEqual(12);
  expect(toPerSecond).toBeGreaterThanOrEqual(9);
  expect(toPerSecond).toBeLessThanOrEqual(13);
  expect(limit).toMatchObject({ label: "URL", of: url, broke: "answered", cause: "unclear" });
  expect(probes.findIndex(({ kept }) => !kept)).toBe(probes.length - 1);
  // Not one request after it.
  expect(counted()).toBe(probes.reduce((sum, each) => sum + each.answered.of, 0));
});

it("keeps the results, a picture in light and dark, and a report", async ({ onTestFinished }) => {
  const out = mkdtempSync(join(tmpdir(), "take-a-ticket-"));
  onTestFinished(() => rmSync(out, { recursive: true }));
  let asked = 0;
  // Answers all five at one a second, and then every other one at two a second.
  const url = await serve((_request, response) => {
    asked += 1;
    response.writeHead(asked <= 5 || asked % 2 === 0 ? 200 : 429).end();
  }, onTestFinished);

  const { child, output } = startCommand("limit", [url, "answered=2s", `out=${out}`]);
  const code = await new Promise((resolve) => child.on("close", resolve));

  expect(output()).toMatch(/^URL +(?:about )?[\d.]+ .*answered +- +2 /m);
  expect(output().replaceAll(/\s+/g, " ")).toContain("5 x answer 429");
  expect(code).toBe(0);
  const [run = ""] = readdirSync(out);
  const files = readdirSync(join(out, run)).toSorted();
  expect(files).toEqual([
    "limit.json",
    "limits-dark.svg",
    "limits-light.svg",
    "limits.png",
    "logs",
    "report.html",
  ]);
  const { limits, command } = parseResults(readFileSync(join(out, run, "limit.json"), "utf8"), "limit.json");
  expect(command).toBe(`npm run limit ${url} answered=2s`);
  expect(limits).toMatchObject([{ of: url, broke: "answered" }]);
  expect(limits?.[0]?.fromPerSecond).toBeLessThanOrEqual(1);
});

const triesMax = 4;
const tooBusy = /no device began to work|but one was unanswered|the sender was late/;

/** Searches again where the machine was too busy to say anything, which the search says. */
async function untilDone(search: () => Promise<Limit>, tries = 1): Promise<Limit> {
  try {
    return await search();
  } catch (error) {
    if (tries === triesMax || !tooBusy.test(String(error))) {
      throw error;
    }
    return await untilDone(search, tries + 1);
  }
}

it("says for 02 that the device breaks first, and never more than what was done in a flood", async () => {
  const limit = await untilDone(() =>
    limitOfChapter({
      row: { id: "02", chapter: "02-ticket", folder: "02-ticket", label: "02 ticket", weather: {} },
      // So long that no lateness of the sender puts a probe in doubt.
      promised: { answeredMs: 60_000, worksMs: 4_000 },
      // Four calls of 0.45 s at the same time are nine a second. The vendor refuses what doesn't fit into its line.
      plan: {
        ...usualPlan,
        floodSeconds: 7,
        // Enough to be too much, and not too much for a busy machine.
        floodPerSecond: 20,
        probeSeconds: 3,
        slowProbeSeconds: 3,
        devices: 600,
        weather: { capacity: 4, line: 60 },
        mostSeconds: 3_600,
        mostProbes: 2,
      },
      seed: 1,
      start: startChapter,
      sender,
      log: nothing,
      onStage: nothing,
      signal,
    }),
  );

  const { fromPerSecond, toPerSecond = 0, throughputPerSecond = Infinity, others } = limit;
  expect(limit).toMatchObject({
    id: "02",
    of: "02-ticket",
    broke: expect.stringMatching(/^(?:works|both)$/),
  });
  // On a busy machine an answer may not come before the end of a flood, and the CPU may be the cause.
  expect(["vendor", "machine", "api"]).toContain(limit.cause);
  expect(others).toEqual({ cores: expect.any(Number), of: os.cpus().length });
  expect(toPerSecond).toBeLessThanOrEqual(throughputPerSecond);
  expect(fromPerSecond).toBeLessThanOrEqual(toPerSecond);
  // A busy machine makes it less, and nothing makes it more.
  expect(throughputPerSecond).toBeLessThan(14);
});

// From here on the tests mostly wait, so they wait at the same time: none of them judges how fast this machine is.
const errs: RequestListener = (_request, response) => void response.writeHead(503).end();

it.concurrent.for<[what: string, answer: RequestListener, says: RegExp]>([
  [
    "errors at once",
    errs,
    /^Expected answers of 2xx at 1\.0 a second, got none but 2 x answer 503; see whether/,
  ],
  ["never answers", nothing, /^Expected answers of 2xx .*got none but 2 x no answer within 4 s/],
  [
    "is slower than any rate allows",
    (_request, response) => void setTimeout(() => response.end(), 1_500),
    /^no rate that was tried keeps this promise: at 1\.0 a second 0 of 2 customers were answered within 1 s \(95 % took .* promise less, such as `answered=2s`$/,
  ],
])("says in a sentence that a URL %s", async ([_what, answer, says], { onTestFinished }) => {
  const url = await serve(answer, onTestFinished);

  const limit = untilDone(() =>
    limitOfUrl({
      target: target(url),
      promised: { answeredMs: 1_000 },
      seed: 1,
      probeSeconds: 2,
      sender,
      onStage: nothing,
      signal,
    }),
  );

  await expect(limit).rejects.toThrow(says);
});

it.concurrent("prints no number and keeps no results if there is no limit", async ({ onTestFinished }) => {
  const out = mkdtempSync(join(tmpdir(), "take-a-ticket-"));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const url = await serve(errs, onTestFinished);

  const { child, output } = startCommand("limit", [url, `out=${out}`]);
  const code = await new Promise((resolve) => child.on("close", resolve));

  expect(code).toBe(1);
  expect(output().replaceAll(/\s+/g, " ")).toContain(`${url}: Expected answers of 2xx at 1.0 a second`);
  expect(output()).not.toContain("A SECOND");
  expect(readdirSync(out).flatMap((run) => readdirSync(join(out, run)))).toEqual(["logs"]);
});

it.skipIf(process.platform === "win32")(
  "ends at Ctrl-C without a number",
  { concurrent: true },
  async ({ onTestFinished }) => {
    const out = mkdtempSync(join(tmpdir(), "take-a-ticket-"));
    onTestFinished(() => rmSync(out, { recursive: true }));
    const { answer, counted } = oneByOne(100);
    const url = await serve(answer, onTestFinished);

    const { child, output } = startCommand("limit", [url, `out=${out}`]);
    const ended = new Promise((resolve) => child.on("close", resolve));
    await eventually(() => counted() > 0);
    const started = descendantsOf(child.pid ?? 0);
    child.kill("SIGINT");

    expect(await ended).toBe(130);
    expect(output()).toContain("Stopped; nothing had finished.");
    expect(output()).not.toContain("A SECOND");
    expect(started.filter(isAlive)).toEqual([]);
  },
);
