import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { projectFolder } from "#shared/run/chapters.ts";
import { readTrace } from "#shared/tracing/activations.ts";
import { eventsKept } from "#shared/tracing/parts.ts";
import { readWholeTrace, traceFile, tracesIn } from "#shared/tracing/read.ts";
import { referenceFolder } from "../figures/kept-results.ts";
import { median } from "../figures/statistics.ts";

const reference = referenceFolder(projectFolder);
const recorded = ["aws", "vendor", "launcher"] as const;

it("drops nothing of a trial, even of one with three times as many events as the reference's", () => {
  const traces = [reference, join(reference, "labs")].flatMap(tracesIn);
  const counts = traces.map(({ file }) => {
    const text = gunzipSync(readFileSync(file)).toString();
    return recorded.map((part) => text.split(`"part":"${part}"`).length - 1);
  });
  const most = recorded.map((part, at) => ({
    part,
    count: Math.max(...counts.map((each) => each[at] ?? 0)),
  }));

  expect(traces.length).toBeGreaterThan(0);
  expect(most.every(({ count }) => count > 0)).toBe(true);
  expect(most.filter(({ part, count }) => 3 * count > eventsKept[part])).toEqual([]);
});

it("keeps as many events as 07 records in less than two minutes with 20 customers a second, and is level then", () => {
  const file = join(reference, traceFile({ row: "07", part: "day", seed: 1 }));
  const trace = readWholeTrace(file, 5_000);
  if (trace === undefined) {
    throw new Error(`Expected a trace in ${file}, got none`);
  }
  const { activations, about } = readTrace(trace);
  // An invocation is about several.
  const perCustomer = (part: string) =>
    median(
      activations.map(({ events }) =>
        events
          .filter((event) => event.part === part)
          .reduce((sum, event) => sum + 1 / about(event).length, 0),
      ),
    ) ?? 0;
  const fullAfterSeconds = {
    // On the live page the API tells what the sender tells of a trial.
    api: eventsKept.api / (20 * perCustomer("customers")),
    aws: eventsKept.aws / (20 * perCustomer("aws")),
    vendor: eventsKept.vendor / (20 * perCustomer("vendor")),
  };

  for (const seconds of Object.values(fullAfterSeconds)) {
    expect(seconds).toBeGreaterThan(75);
    expect(seconds).toBeLessThan(112);
  }
});
