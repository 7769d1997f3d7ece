import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readInspection } from "#shared/local-aws/inspection.ts";
import { deviceAt } from "#shared/devices.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { sendMessage } from "#shared/testing/message.ts";
import { isAlive } from "#shared/testing/processes.ts";
import type { TraceEvent, TraceEventOf } from "#shared/trace.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { startChapter } from "./start-chapter.ts";
import type { RunningChapter } from "./running-chapter.ts";

const small = fileURLToPath(new URL("fixtures/small", import.meta.url));
const broken = fileURLToPath(new URL("fixtures/broken", import.meta.url));
const weather = { medianMs: 5, p99Ms: 5 };

describe("a running chapter", () => {
  let running: RunningChapter;
  const pidOf = (name: string) => running.processes().find((process) => process.name === name)?.pid ?? 0;

  beforeAll(async () => {
    running = await startChapter({ folder: small, weather, devices: 60, trace: "customers" });
  });
  afterAll(() => running.stop());

  test("answers, knows its outputs, and has the workshop's parameters", async () => {
    expect((await fetch(`${running.apiUrl}/healthz`)).status).toBe(200);
    expect(running.processes().map(({ name }) => name)).toEqual(["vendor", "aws", "api", "worker"]);
    expect(running.outputs).toEqual({
      DEVICES_TABLE: "DevicesTable",
      QUEUE_URL: expect.stringContaining("/WorkQueue"),
    });
    expect(running.overrides).toEqual({ VisibilityTimeoutSeconds: "6" });
    expect(await running.vendor.weather()).toMatchObject(weather);
  });

  test("has a seeded inventory", async () => {
    const response = await fetch(running.dynamoDbUrl, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "DynamoDB_20120810.Scan",
        "x-amz-date": "20220101T000000Z",
        authorization:
          "AWS4-HMAC-SHA256 Credential=a/b/us-east-1/dynamodb/aws4_request, SignedHeaders=a, Signature=a",
      },
      body: JSON.stringify({ TableName: "DevicesTable" }),
    });
    const { Items: items } = (await response.json()) as { Items: Record<string, { S: string }>[] };

    expect(items).toHaveLength(60);
    const last = deviceAt(59);
    expect(items).toContainEqual({ macAddress: { S: last.macAddress }, customerId: { S: last.customerId } });
  });

  test.each(["api", "worker"] as const)("restarts the killed %s on its port", async (target) => {
    const pidBefore = pidOf(target);

    const { pid } = await running.kill(target);

    expect(pid).toBe(pidBefore);
    expect(isAlive(pid)).toBe(false);
    await running.whenReady();
    expect(pidOf(target)).not.toBe(pidBefore);
    expect((await fetch(`${running.apiUrl}/healthz`)).status).toBe(200);
  });

  test("kills the function's environment that has a vendor call open, and names the device", async () => {
    const { macAddress } = deviceAt(1);
    await running.vendor.setWeather({ hold: true });
    await sendMessage(
      running.outputs["QUEUE_URL"] ?? "",
      JSON.stringify({ eventId: crypto.randomUUID(), macAddress }),
    );

    const killed = await running.kill("function");

    expect(killed).toEqual({ pid: expect.any(Number), openCalls: [macAddress], inHand: [macAddress] });
    expect(isAlive(killed.pid)).toBe(false);
    await running.vendor.setWeather({ hold: false });
    await eventually(async () =>
      expect(await running.vendor.summary()).toMatchObject({ provisioned: 1, open: 0 }),
    );
  });

  test("stops its consumers and starts them again", async () => {
    await running.setConsumers(false);
    expect(pidOf("worker")).toBe(0);
    expect((await readInspection(running.inspectUrl, "without")).functions).toMatchObject([
      { mappingEnabled: false },
    ]);

    await running.setConsumers(true);
    await running.whenReady();
    expect(isAlive(pidOf("worker"))).toBe(true);
    expect((await readInspection(running.inspectUrl, "without")).functions).toMatchObject([
      { mappingEnabled: true },
    ]);
  });

  test("runs its redrive with its own environment", async () => {
    expect(await running.redrive()).toBe(`Redrive of ${running.outputs["QUEUE_URL"]} at ${running.sqsUrl}`);
  });

  test("has recorded all of it, including the customers, and who asked", async () => {
    const device = deviceAt(2);
    // This API has no such route.
    const answer = await fetch(`${running.apiUrl}/activations`, asksFor(device));
    expect(answer.status).toBe(404);

    const { trace } = running;
    if ("whyNone" in trace) {
      throw new Error(trace.whyNone);
    }
    const read = await eventually(async () => {
      const found = await trace.read();
      expect(found.events.filter(({ part }) => part === "api")).toMatchObject([
        { kind: "asked", request: 0, ...device },
        { kind: "answered", request: 0, status: 404 },
      ]);
      return found;
    });
    const of = <Kind extends TraceEvent["kind"]>(kind: Kind) =>
      read.events.filter((event): event is TraceEventOf<Kind> => event.kind === kind);
    expect(read.header).toMatchObject({ chapter: "small", plan: "live", vendorCapacity: 20, dropped: {} });
    expect(of("killed").map(({ target }) => target)).toEqual(["api", "worker", "function"]);
    const pid = of("killed").at(-1)?.pid;
    expect(of("environmentEnded")).toMatchObject([{ environment: pid, why: "killed" }]);
    // The vendor knows which invocation called it, and SQS which row comes back because of the kill.
    const [invoked] = of("invoked");
    expect(invoked?.rows).toEqual([of("sent")[0]?.row]);
    expect(of("callArrived")[0]).toMatchObject({ by: invoked?.invocation });
    expect(of("returned")[0]).toMatchObject({
      environment: pid,
      invocation: invoked?.invocation,
      outcome: "failed",
      failedRows: invoked?.rows,
    });
    expect(of("consumers").map(({ on }) => on)).toEqual([false, true]);

    // To measure what recording costs.
    await trace.record(false);
    const { position } = await trace.since();
    await fetch(`${running.apiUrl}/activations`, asksFor(deviceAt(3)));
    await running.vendor.setWeather(weather);
    await trace.record(true);
    await fetch(`${running.apiUrl}/activations`, asksFor(deviceAt(4)));
    await eventually(async () =>
      expect((await trace.since(position)).events).toMatchObject([
        { kind: "asked", ...deviceAt(4) },
        { kind: "answered" },
      ]),
    );
  });

  test("leaves nothing behind when it stops", async () => {
    const { functions } = await readInspection(running.inspectUrl, "without");
    const pids = [...running.processes(), ...functions.flatMap(({ environments }) => environments)].map(
      ({ pid }) => pid,
    );
    expect(pids.length).toBeGreaterThanOrEqual(4);

    await running.stop();

    expect(pids.filter(isAlive)).toEqual([]);
  });
});

test("a start that fails half-way is undone, and one sentence says why", async () => {
  let vendorUrl = "";
  const onLine = (name: string, line: string) => {
    vendorUrl = name === "vendor" ? (line.split(" ").at(-1) ?? "") : vendorUrl;
  };

  await expect(startChapter({ folder: broken, devices: 0, onLine })).rejects.toThrow(
    "Expected the api to be ready, but it ended: exit code 1, Error: The API of this chapter is broken",
  );
  expect(vendorUrl).toContain("http://127.0.0.1:");
  await expect(fetch(vendorUrl)).rejects.toThrow("fetch failed");
});

test("a port that is taken is reported in one sentence", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port: apiPort } = other.address() as AddressInfo;

  await expect(startChapter({ folder: small, devices: 0, apiPort })).rejects.toThrow(
    `Expected port ${apiPort} to be free`,
  );
  other.close();
});

test.each([
  ["99-nowhere", "Expected one of the chapters"],
  [fileURLToPath(new URL("fixtures", import.meta.url)), "Expected a chapter with a main.ts"],
])("reports an unknown chapter %s in one sentence", async (folder, sentence) => {
  await expect(startChapter({ folder })).rejects.toThrow(sentence);
});
