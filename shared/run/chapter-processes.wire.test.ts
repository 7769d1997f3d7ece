import { fstatSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { customersQuestion } from "#shared/tracing/parts.ts";
import { TraceRecorder } from "#shared/tracing/recorder.ts";
import { ToldCustomers } from "#shared/tracing/told-customers.ts";
import type { ToldProcess } from "#shared/tracing/told-customers.ts";
import { keepApi } from "./chapter-processes.ts";

const folder = fileURLToPath(new URL("fixtures/small", import.meta.url));

it("an API tells of its customers by the file that it inherits, and empties it once it is read", async () => {
  const trace = new TraceRecorder("api", 64);
  const customers = new ToldCustomers(trace);
  const told: ToldProcess[] = [];
  const ofProcess = customers.ofProcess.bind(customers);
  customers.ofProcess = () => {
    const process = ofProcess();
    told.push(process);
    return process;
  };
  const { process, url } = await keepApi({
    folder,
    env: { DEVICES_TABLE: "devices" },
    port: 0,
    onLine: () => {},
    customers,
  });
  onTestFinished(() => process.stop(5_000));
  await process.start();
  const size = () => fstatSync(told[0]?.fd ?? -1).size;

  // This API has no such route.
  await fetch(`${url()}/activations`, asksFor(deviceAt(0)));
  await eventually(() => {
    customers.read();
    expect(trace.read().events.map(({ kind }) => kind)).toEqual(["asked", "answered"]);
  });

  expect(size()).toBeGreaterThan(0);
  await process.ask({ kind: customersQuestion, readBytes: size() }, 10_000);
  expect(size()).toBe(0);
});
