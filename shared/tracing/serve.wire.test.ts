import { afterEach, beforeEach, expect, it } from "vitest";
import { statusFor } from "#shared/testing/foreign-page.ts";
import { traceHeaderSchema } from "#shared/trace.ts";
import type { TraceEvent } from "#shared/trace.ts";
import { ChapterTrace } from "./chapter-trace.ts";
import { ownPart } from "./parts.ts";
import { TraceRecorder } from "./recorder.ts";
import { serveTrace } from "./serve.ts";
import type { TraceServer } from "./serve.ts";

let aws: TraceRecorder;
let vendor: TraceRecorder;
let trace: ChapterTrace;
let server: TraceServer;

beforeEach(async () => {
  [aws, vendor] = [new TraceRecorder("aws", 8), new TraceRecorder("vendor", 8)];
  trace = new ChapterTrace([ownPart(aws), ownPart(vendor)], async () => ({
    chapter: "07-lock",
    row: "07",
    plan: "live",
  }));
  server = await serveTrace(trace);
});
afterEach(() => server.close());

const expire = (row: number, atMs = 2_000 + row) => aws.note({ kind: "expired", queue: "work", row }, atMs);
const begin = (call: number, atMs = 2_000 + call) => vendor.note({ kind: "callBegan", call }, atMs);
const named = (event: TraceEvent) => `${event.part} ${event.seq}`;

interface Message {
  event: string;
  id: string;
  data: unknown;
}

/** Reads server-sent events one by one. */
async function* messagesFrom(lastEventId?: string): AsyncGenerator<Message, void> {
  const response = await fetch(new URL("/events", server.url), {
    headers: lastEventId === undefined ? {} : { "last-event-id": lastEventId },
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const messages = text.split("\n\n");
    text = messages.pop() ?? "";
    for (const message of messages) {
      const fields = new Map(message.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const data: unknown = JSON.parse(fields.get("data") ?? "null");
      yield { event: fields.get("event") ?? "", id: fields.get("id") ?? "", data };
    }
  }
}

type Reader = ReturnType<typeof messagesFrom>;
const next = async (reader: Reader) => (await reader.next()).value as Message;
const eventsIn = ({ data }: Message) => (data as TraceEvent[]).map(named);

it("serves the complete trace as in a file, in the order of time", async () => {
  expire(1, 2_001);
  begin(0, 2_000.5);
  expire(2, 2_002);

  const lines = (await (await fetch(new URL("/trace", server.url))).text()).trimEnd().split("\n");

  expect(traceHeaderSchema.parse(JSON.parse(lines[0] ?? "")).chapter).toBe("07-lock");
  expect(lines.slice(1).map((line) => named(JSON.parse(line) as TraceEvent))).toEqual([
    "vendor 0",
    "aws 0",
    "aws 1",
  ]);
});

it("sends past events, then new ones, and continues for a reader who comes back", async () => {
  expire(1);
  const reader = messagesFrom();
  expect(await next(reader)).toMatchObject({ event: "header", data: { chapter: "07-lock", dropped: {} } });
  expect(eventsIn(await next(reader))).toEqual(["aws 0"]);
  begin(5);
  const second = await next(reader);
  expect(eventsIn(second)).toEqual(["vendor 0"]);
  await reader.return();

  expire(2);
  begin(6);
  const resumed = messagesFrom(second.id);
  expect(eventsIn(await next(resumed))).toEqual(["aws 1", "vendor 1"]);
  await resumed.return();
});

it("says how many events were dropped before they could be read", async () => {
  for (let row = 0; row < 11; row += 1) {
    expire(row);
  }
  const reader = messagesFrom();

  expect(await next(reader)).toMatchObject({ event: "header", data: { dropped: { aws: 3 } } });
  expect(eventsIn(await next(reader))).toHaveLength(8);
  await reader.return();
});

it("starts again for a reader of another trace, and when a new trace begins", async () => {
  expire(1);
  const stranger = messagesFrom("5 aws.1 vendor.0");
  expect((await next(stranger)).event).toBe("header");
  expect(eventsIn(await next(stranger))).toEqual(["aws 0"]);

  await trace.begin();
  expire(2);

  expect((await next(stranger)).event).toBe("header");
  const events: string[] = [];
  while (events.length === 0) {
    events.push(...eventsIn(await next(stranger)));
  }
  expect(events).toEqual(["aws 0"]);
  await stranger.return();
});

it("answers only programs and pages of this machine, and only reads", async () => {
  const url = new URL("/trace", server.url).href;

  expect(await statusFor(url)).toBe(200);
  expect(await statusFor(url, { headers: { host: "example.com" } })).toBe(403);
  expect(await statusFor(url, { headers: { origin: "https://example.com" } })).toBe(403);
  expect(await statusFor(url, { method: "POST" })).toBe(405);
  expect(await statusFor(new URL("/else", server.url).href)).toBe(404);
});

it("ends a reader's stream when a part is gone, and says so to later readers", async () => {
  const reader = messagesFrom();
  await next(reader);
  await next(reader);
  aws.read = () => {
    throw new Error("Expected the events of the part aws, got none");
  };

  expect(await reader.next()).toEqual({ done: true, value: undefined });
  const answer = await fetch(new URL("/trace", server.url));
  expect([answer.status, await answer.json()]).toEqual([
    502,
    { error: "Expected the events of the part aws, got none" },
  ]);
});
