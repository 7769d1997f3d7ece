import { createServer } from "node:http";
import type { Server } from "node:http";
import express from "express";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { close, listen } from "#shared/listen.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { tellOfCustomers, ToldCustomers } from "./customers.ts";
import { TraceRecorder } from "./recorder.ts";

const trace = new TraceRecorder("api", 64);
const customers = new ToldCustomers(trace);
let { onMessage, ended } = customers.ofProcess();
let server: Server;
let url: string;
let reached = () => {};

beforeAll(async () => {
  const api = express();
  const { came, asked } = tellOfCustomers((told) => onMessage({ ...told }));
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

const ask = (body: unknown, init: RequestInit = {}) =>
  fetch(`${url}/activations`, { ...asksFor(body), ...init });
const events = () => trace.read().events.map(({ kind, ...event }) => [kind, { ...event } as object] as const);

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

  await eventually(() =>
    expect(events()).toMatchObject([
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
  trace.begin();
  ended();
  expect(events()).toEqual([]);
  const isReached = new Promise<void>((resolve) => (reached = resolve));
  ask(deviceAt(1)).catch(() => {});
  await isReached;
  await eventually(() => expect(events()).toHaveLength(1));

  ended();
  ({ onMessage, ended } = customers.ofProcess());
  await ask(deviceAt(2));

  await eventually(() =>
    expect(events()).toMatchObject([
      ["asked", { request: 2 }],
      ["answered", { request: 2 }],
      ["asked", { request: 3, ...deviceAt(2) }],
      ["answered", { request: 3, status: 202 }],
    ]),
  );
});
