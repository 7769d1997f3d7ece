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

/** A chapter that doesn't run. A test notes its events, and sees what it was asked for. */
export interface InventedSession {
  session: PageSession;
  note: (event: Noted) => void;
  pressed: string[];
  turned: Partial<Dials>[];
}

export function inventedSession(number: string): InventedSession {
  const recorder = new TraceRecorder("aws", 5_000);
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
    trace: new ChapterTrace([ownPart(recorder)], about),
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
  return { session, note: (event) => recorder.note(event), pressed, turned };
}

/** The live page's server for chapters that don't run. It ends with the test. */
export async function liveServer(...numbers: string[]) {
  const sessions = numbers.map(inventedSession);
  const said: string[] = [];
  const server = await serveLive(
    sessions.map(({ session }) => session),
    (line) => said.push(line),
  );
  onTestFinished(() => server.close());
  return { ...server, sessions, said };
}
