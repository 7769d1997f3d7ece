import { ChapterTrace } from "#shared/tracing/chapter-trace.ts";
import type { NoTrace } from "#shared/tracing/chapter-trace.ts";
import { ownPart, partOf } from "#shared/tracing/parts.ts";
import type { PartSource } from "#shared/tracing/parts.ts";
import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import type { VendorControl } from "#shared/vendor-simulator/control.ts";
import type { Child } from "./child-process.ts";
import type { Chapter, ChapterParts } from "./chapters.ts";
import type { SomeAws } from "./other-aws.ts";

interface Traced {
  chapter: Chapter;
  parts: ChapterParts;
  aws: SomeAws;
  vendor: Child;
  control: VendorControl;
  launcher: TraceRecorder;
  /** What the API reports about its customers, if asked to. */
  customers: PartSource | undefined;
  wanted: "servers" | "customers" | "off";
}

/** The trace of all parts of a chapter, or why there is no complete one. */
export function traceOfChapter(traced: Traced): ChapterTrace | NoTrace {
  const { chapter, parts, aws, vendor, control, launcher, customers, wanted } = traced;
  if (wanted === "off") {
    return { whyNone: "Nothing was noted of this run: its trace is off." };
  }
  if (parts.hasStore) {
    return {
      whyNone: `${chapter.name} has no whole trace: its tickets are in a database that notes nothing.`,
    };
  }
  if (aws.tracePart === undefined) {
    return { whyNone: `${chapter.name} has no whole trace: only the embedded AWS notes what it does.` };
  }
  const deadLetterQueue = aws.outputs["DEAD_LETTER_QUEUE_URL"]?.split("/").at(-1);
  return new ChapterTrace(
    [...(customers ? [customers] : []), aws.tracePart, partOf("vendor", vendor.ask), ownPart(launcher)],
    async () => ({
      chapter: chapter.name,
      row: chapter.number,
      plan: "live",
      ...(deadLetterQueue !== undefined && { deadLetterQueue }),
      vendorCapacity: (await control.weather()).capacity,
    }),
  );
}
