import { expect, it } from "vitest";
import { TraceRecorder } from "#shared/tracing/recorder.ts";
import { findChapter, readParts } from "./chapters.ts";
import { traceOfChapter } from "./trace-of-chapter.ts";

type Traced = Parameters<typeof traceOfChapter>[0];

const tracePart = {
  part: "aws",
  read: async () => ({ events: [], next: 0, dropped: 0 }),
  begin: async () => {},
};

function traceOf(word: string, { wanted = "servers", isEmbedded = true } = {}) {
  const chapter = findChapter(word);
  return traceOfChapter({
    chapter,
    parts: readParts(chapter),
    aws: { outputs: {}, ...(isEmbedded && { tracePart }) },
    vendor: { ask: async () => undefined },
    launcher: new TraceRecorder("launcher", 1),
    wanted,
  } as unknown as Traced);
}

it.each([
  [
    "lab-relational",
    {},
    "lab-relational has no whole trace: its tickets are in a database that notes nothing.",
  ],
  ["03", { isEmbedded: false }, "03-queue has no whole trace: only the embedded AWS notes what it does."],
  ["03", { wanted: "off" }, "Nothing was noted of this run: its trace is off."],
])("says why %s with %j has none", (word, options, whyNone) => {
  expect(traceOf(word, options)).toEqual({ whyNone });
});

it("is complete if all parts record what they do, and rejects when one is gone", async () => {
  const trace = traceOf("03");
  if ("whyNone" in trace) {
    throw new Error(trace.whyNone);
  }

  await expect(trace.since()).rejects.toThrow("Expected the events of the part vendor within 15 s, got none");
});
