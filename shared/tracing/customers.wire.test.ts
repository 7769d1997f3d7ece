import { createServer } from "node:http";
import type { Server } from "node:http";
import express from "express";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { close, listen } from "#shared/listen.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { tellOfCustomers } from "./customers.ts";
import { customersQuestion, toldPart } from "./parts.ts";
import { TraceRecorder } from "./recorder.ts";
import { ToldCustomers } from "./told-customers.ts";
import { ToldWriter } from "./told-file.ts";

const trace = new TraceRecorder("api", 64);
const customers = new ToldCustomers(trace);
const part = toldPart(trace, customers, async () => ({}));
let process = customers.ofProcess();
let file = new ToldWriter(process.fd);
let lines = 0;
let isFull = false;
let server: Server;
let url: string;
let reached = () => {};

beforeAll(async () => {
  const api = express();
  const { came, asked } = tellOfCustomers(api, {
    file: {
      write: (told) => {
        lines += 1;
        return !isFull && file.write(told);
      },
      beginAgain: () => {},
    },
    send: (told) => process.onMessage({ ...told }),
  });
  api.use(came, express.json(), asked);
  api.post("/activations", ({ body }, response) => {
    const { customerId } = body as { customerId?: string };
    if (customerId !== deviceAt(1).customerId) {
      response.status(202).json({ eventId: "e-1" });
    }
    reached();
  });
  api.get("/activations/:eventId", (_request, response) => void response.json({ eventId: "e-1" }));
  server = createServer(api);
  ({ url } = await listen(server));
});
afterAll(() => close(server));

function nextProcess(): void {
  process.ended();
  process = customers.ofProcess();
  file = new ToldWriter(process.fd);
}

const ask = (body: unknown, init: RequestInit = {}) =>
  fetch(`${url}/activations`, { ...asksFor(body), ...init });
const events = async () =>
  (await part.read(0)).events.map(({ kind, ...event }) => [kind, { ...event } as object] as const);

it("reports requested activations, and their answers", async () => {
  await ask(deviceAt(0));
  await fetch(`${url}/activations/e-1`);
  await ask({ not: "an activation" });
  const leaving = new AbortController();
  const isReached = new Promise<void>((resolve) => (reached = resolve));
  const left = ask(deviceAt(1), { signal: leaving.signal });
  left.catch(() => {});
  await isReached;
  leaving.abort();

  await eventually(async () =>
    expect(await events()).toMatchObject([
      ["asked", { request: 0, ...deviceAt(0) }],
      ["answered", { request: 0, status: 202, eventId: "e-1" }],
      ["asked", { request: 1, ...deviceAt(1) }],
      ["answered", { request: 1 }],
    ]),
  );
  // A customer who left got no answer.
  expect(trace.read().events.at(-1)).not.toHaveProperty("status");
});

it("records that a dead process answers none of its waiting customers, and goes on counting in the next", async () => {
  await part.begin();
  nextProcess();
  expect(await events()).toEqual([]);
  const isReached = new Promise<void>((resolve) => (reached = resolve));
  ask(deviceAt(1)).catch(() => {});
  await isReached;
  await eventually(async () => expect(await events()).toHaveLength(1));

  nextProcess();
  await ask(deviceAt(2));

  await eventually(async () =>
    expect(await events()).toMatchObject([
      ["asked", { request: 2 }],
      ["answered", { request: 2 }],
      ["asked", { request: 3, ...deviceAt(2) }],
      ["answered", { request: 3, status: 202 }],
    ]),
  );
});

/** Asks, and waits until the API has written both lines about it. */
async function asked(index: number): Promise<void> {
  const before = lines;
  await ask(deviceAt(index));
  await eventually(() => expect(lines).toBe(before + 2));
}

it("reads what a process wrote before it died, and nothing from before the trace began", async () => {
  await asked(0);
  await part.begin();
  await asked(2);
  nextProcess();
  await asked(3);

  expect(await events()).toMatchObject([
    ["asked", deviceAt(2)],
    ["answered", { status: 202 }],
    ["asked", deviceAt(3)],
    ["answered", { status: 202 }],
  ]);
});

it("sends what it can't write, in its place", async () => {
  await part.begin();
  await asked(0);
  isFull = true;
  await asked(2);
  expect(trace.read().events).toHaveLength(4);
  isFull = false;
  await asked(3);

  const answered = ["answered", { status: 202 }];
  expect(await events()).toMatchObject([0, 2, 3].flatMap((index) => [["asked", deviceAt(index)], answered]));
});

it("leaves a short file to whoever asks for the trace, reads a long one and has it begun again", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const sent: object[] = [];
  await part.begin();
  nextProcess();
  process.follow((message) => sent.push(message));
  await asked(0);
  vi.advanceTimersByTime(1_000);
  expect(trace.read().events).toEqual([]);
  expect(sent).toEqual([]);

  file.write({ kind: "customer", did: "asked", request: 1, atMs: 1, body: "x".repeat(250_000) });
  vi.advanceTimersByTime(1_000);

  expect(trace.read().events).toHaveLength(2);
  expect(sent).toEqual([{ kind: customersQuestion, readBytes: expect.any(Number) }]);
  file.beginAgain((sent[0] as { readBytes: number }).readBytes);
  await asked(2);
  vi.advanceTimersByTime(1_000);
  expect(sent).toHaveLength(1);
  expect(await events()).toHaveLength(4);
});
