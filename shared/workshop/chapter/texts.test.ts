import { expect, test } from "vitest";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { describeRequest, describeRunning } from "./texts.ts";

const url = "http://127.0.0.1:65535";
const urls = { apiUrl: url, vendorUrl: url, sqsUrl: url, dynamoDbUrl: url, lambdaUrl: url, inspectUrl: url };
const synchronous = {
  ...urls,
  chapter: "01-synchronous",
  outputs: { DEVICES_TABLE: "DevicesTable" },
  overrides: {},
  worksWith: () => "api" as const,
} as unknown as RunningChapter;
const queued = {
  ...urls,
  chapter: "05-dead-letter-queue",
  outputs: {
    DEVICES_TABLE: "DevicesTable",
    ACTIVATIONS_TABLE: "A",
    QUEUE_URL: url,
    DEAD_LETTER_QUEUE_URL: url,
  },
  overrides: { VisibilityTimeoutSeconds: "6", VendorUrl: url },
  worksWith: () => "function" as const,
} as unknown as RunningChapter;
const say = (running: RunningChapter, platform: NodeJS.Platform = "linux") =>
  describeRunning(running, "05", platform).join("\n");

test("promises a 201 in chapters without tickets, and a 202 in the others", () => {
  expect(say(synchronous)).toContain("Expect 201");
  expect(say(queued)).toContain("Expect 202");
});

test("names the troubles that the chapter can have", () => {
  expect(say(synchronous)).not.toMatch(/duplicates|redrive|kill function/);
  expect(say(queued)).toMatch(/kill api\n.*kill function\n.*outage 10\n.*duplicates 1\n.*npm run redrive 05/);
});

test("shows the settings that the workshop overrides", () => {
  expect(say(queued)).toContain("VisibilityTimeoutSeconds=6 (see template.yaml)");
  expect(say(queued)).not.toContain("VendorUrl");
});

test("says where the page is, if there is one", () => {
  const pageUrl = "http://127.0.0.1:65534/";
  const lines = [
    ...describeRunning(queued, "05", "linux", pageUrl),
    ...describeRequest(queued, "linux", pageUrl),
  ].filter((line) => line.includes(pageUrl));

  expect(lines).toEqual(Array.from({ length: 2 }, () => expect.stringMatching(/^ {2}page {8}http/)));
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(say(queued)).not.toMatch(/^ {2}page/m);
});

test("the page with the request by hand shows the addresses too", () => {
  expect(describeRequest(queued, "linux").join("\n")).toMatch(/curl -i .*\n[^]*inspection {2}http/);
});

test.each(["linux", "win32"] as const)("fits into 80 columns on %s", (platform) => {
  const overrides = { VisibilityTimeoutSeconds: "6", FunctionTimeoutSeconds: "4", VendorTimeoutSeconds: "3" };
  const set = { ...queued, overrides: { ...overrides, VendorUrl: url } };
  const pages = [say(synchronous, platform), say(set, platform), ...describeRequest(queued, platform)];
  const lines = pages.join("\n").split("\n");

  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
