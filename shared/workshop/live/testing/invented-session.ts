import { onTestFinished } from "vitest";
import { findChapter } from "#shared/run/chapters.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { ChapterTrace } from "#shared/tracing/chapter-trace.ts";
import { ownPart } from "#shared/tracing/parts.ts";
import { TraceRecorder } from "#shared/tracing/recorder.ts";
import type { Noted } from "#shared/tracing/recorder.ts";
import { serveLive } from "../server.ts";
import type { PageSession } from "../session.ts";
import type { Dials } from "../wire.ts";

/** How many events it keeps. */
export const eventsKept = 5_000;

/** A chapter that doesn't run. A test notes its events, and sees what it was asked for. */
export interface InventedSession {
  session: PageSession;
  note: (event: Noted, atMs?: number) => void;
  pressed: string[];
  turned: Partial<Dials>[];
}

/** `whyNone`: why it has no trace. Undefined: it has one. */
export function inventedSession(number: string, whyNone?: string): InventedSession {
  const recorder = new TraceRecorder("aws", eventsKept);
  const chapter = findChapter(number);
  const { name } = chapter;
  const about = async () => ({
    chapter: name,
    row: number,
    plan: "live",
    deadLetterQueue: "dead",
    vendorCapacity: 20,
  });
  const [pressed, turned]: [string[], Partial<Dials>[]] = [[], []];
  const dials = { medianMs: 400, failureRate: 0, capacity: 20, perSecond: 0 };
  const running = {
    outputs: { QUEUE_URL: "queue", DEAD_LETTER_QUEUE_URL: "dead" },
    worksWith: () => "function",
    trace: whyNone === undefined ? new ChapterTrace([ownPart(recorder)], about) : { whyNone },
  } as unknown as RunningChapter;
  const session: PageSession = {
    chapter,
    running,
    press: async (key) => {
      pressed.push(key);
      return [`${number} did ${key}`];
    },
    dials: async () => dials,
    turn: async (change) => {
      turned.push(change);
      Object.assign(dials, change);
    },
  };
  return { session, note: (event, atMs) => recorder.note(event, atMs), pressed, turned };
}

/** The live page's server for chapters that don't run. It ends with the test. */
export async function liveServer(...wanted: (string | { number: string; whyNone: string })[]) {
  const sessions = wanted.map((each) =>
    typeof each === "string" ? inventedSession(each) : inventedSession(each.number, each.whyNone),
  );
  const said: string[] = [];
  const server = await serveLive(
    sessions.map(({ session }) => session),
    (line) => said.push(line),
  );
  onTestFinished(() => server.close());
  return { ...server, sessions, said };
}
