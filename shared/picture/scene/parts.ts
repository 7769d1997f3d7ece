import type { RunningChapter } from "#shared/run/running-chapter.ts";
import type { Trace } from "#shared/trace.ts";

/** The stations of a chapter besides customers, API and vendor. */
export interface Parts {
  hasQueue: boolean;
  hasDeadLetterQueue: boolean;
  /** What does the work, if it isn't the API. */
  works?: "function" | "worker";
  hasTickets: boolean;
}

/** The stations that occur in a trace. */
export function partsIn({ header, events }: Trace): Parts {
  const has = (isMet: (event: Trace["events"][number]) => boolean) => events.some(isMet);
  const hasFunction = has(({ kind }) => kind === "invoked" || kind === "environmentStarted");
  const hasWorker = has((event) => event.kind === "delivered" && event.by === "worker");
  return {
    hasQueue: has(({ kind }) => kind === "sent" || kind === "asyncAccepted"),
    hasDeadLetterQueue: header.deadLetterQueue !== undefined,
    ...(hasFunction ? { works: "function" } : hasWorker ? { works: "worker" } : {}),
    hasTickets: has(({ kind }) => kind === "written"),
  };
}

/** The same for a running chapter: before it has done anything, its trace shows no stations. */
export function partsOf({ outputs, worksWith }: Pick<RunningChapter, "outputs" | "worksWith">): Parts {
  const works = worksWith();
  return {
    hasQueue: outputs["QUEUE_URL"] !== undefined || outputs["ACTIVATION_FUNCTION"] !== undefined,
    hasDeadLetterQueue: outputs["DEAD_LETTER_QUEUE_URL"] !== undefined,
    ...(works !== "api" && { works }),
    hasTickets: true,
  };
}
