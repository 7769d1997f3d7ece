import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { statusFor } from "#shared/testing/foreign-page.ts";
import { traceHeaderSchema } from "#shared/trace.ts";
import type { TraceEvent } from "#shared/trace.ts";
import { ChapterTrace } from "./chapter-trace.ts";
import { traceNowMs } from "./clock.ts";
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
async function* messagesFrom(lastEventId?: string, path = "/events"): AsyncGenerator<Message, void> {
  const response = await fetch(new URL(path, server.url), {
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

describe("a reader who wants the newest events first", () => {
  const ask = (lastEventId?: string) => messagesFrom(lastEventId, "/events?newest=60");
  const hourMs = 3_600_000;

  /** Reads until it has everything up to the present, and returns what it got. */
  async function toThePresent(reader: Reader): Promise<Message[]> {
    const messages: Message[] = [];
    do {
      messages.push(await next(reader));
    } while (messages.at(-1)?.event !== "current");
    return messages;
  }
  const allEventsIn = (messages: readonly Message[]) =>
    messages.filter(({ id }) => id !== "").flatMap(eventsIn);

  it("gets them with what lasts, then everything in order, then what is new", async () => {
    const nowMs = traceNowMs();
    vendor.note({ kind: "weather", change: { outage: true } }, nowMs - hourMs);
    begin(1, nowMs - hourMs / 2);
    expire(1, nowMs - hourMs / 3);
    expire(2, nowMs - 10);
    begin(2, nowMs - 5);

    const reader = ask();
    const newest = await next(reader);
    const messages = await toThePresent(reader);
    expire(3, nowMs);
    const later = await next(reader);
    await reader.return();

    const { events } = newest.data as { events: TraceEvent[] };
    expect([newest.event, events.map(named)]).toEqual(["newest", ["vendor 0", "aws 1", "vendor 2"]]);
    expect(messages[0]).toMatchObject({ event: "header", data: { dropped: {} } });
    expect(allEventsIn(messages)).toEqual(["vendor 0", "vendor 1", "aws 0", "aws 1", "vendor 2"]);
    expect(messages.filter(({ id }) => id !== "").length).toBeGreaterThan(2);
    expect(eventsIn(later)).toEqual(["aws 2"]);
  });

  it("gets nothing from before the time that each part remembers, but for what lasts", async () => {
    const nowMs = traceNowMs();
    vendor.note({ kind: "weather", change: { outage: true } }, nowMs - 4 * hourMs);
    begin(1, nowMs - 3 * hourMs);
    for (let row = 0; row < 11; row += 1) {
      expire(row, nowMs - 11_000_000 + row * 1_000_000);
    }

    const reader = ask();
    expect(await next(reader)).toMatchObject({ event: "newest", data: { events: [{ kind: "weather" }] } });
    const [header, ...messages] = await toThePresent(reader);
    await reader.return();

    expect(header?.data).toMatchObject({ dropped: { aws: 3 } });
    // It keeps the events from the third on, and the next would be dropped while they are read.
    expect(header?.data).toMatchObject({ knownFromMs: expect.closeTo(nowMs - (8_000_000 * 15) / 16, -3) });
    const kept = Array.from({ length: 7 }, (_, at) => `aws ${4 + at}`);
    expect(allEventsIn(messages)).toEqual(["vendor 0", ...kept]);
  });

  it("is told that events are missing if more were dropped before it was sent them", async () => {
    const nowMs = traceNowMs();
    for (let row = 0; row < 9; row += 1) {
      expire(row, nowMs - 9_000_000 + row * 1_000_000);
    }
    const reader = ask();
    const since = trace.since.bind(trace);
    trace.since = async (position, span) => {
      if (span?.untilMs !== undefined) {
        trace.since = since;
        expire(9, nowMs);
        expire(10, nowMs);
      }
      return since(position, span);
    };

    await next(reader);
    const [header] = await toThePresent(reader);
    await reader.return();

    expect(header?.data).toMatchObject({ dropped: { aws: 3 } });
    expect(header?.data).not.toHaveProperty("knownFromMs");
  });

  it("gets everything at once if nothing is older, and goes on where it was", async () => {
    const nowMs = traceNowMs();
    expire(1, nowMs);
    const reader = ask();
    const messages = await toThePresent(reader);
    await reader.return();
    expect(messages.map(({ event }) => event)).toEqual(["header", "", "current"]);

    expire(2, nowMs);
    const resumed = ask(messages[1]?.id);
    const more = await toThePresent(resumed);
    await resumed.return();
    expect(more.map(({ event }) => event)).toEqual(["", "current"]);
    expect(allEventsIn(more)).toEqual(["aws 1"]);
  });
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
