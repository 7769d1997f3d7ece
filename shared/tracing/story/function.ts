import type { TraceEventOf } from "#shared/trace.ts";
import type { Story, Tellers } from "./story.ts";

/** Invocations and their ends, processes that are killed during the work, and Lambda's internal queue. */
export const functionTellers: Tellers = {
  invoked: (story, event) => {
    // If it has rows, the delivery was told already.
    if (event.rows.length === 0) {
      story.tell(event, `Lambda invoked the function in ${story.environment(event.environment)}.`);
    }
  },
  returned: tellReturn,
  environmentEnded: tellEnvironmentEnd,
  killed: tellKill,
  asyncAccepted: (story, event) =>
    event.by === "lambda"
      ? story.tell(event, "Lambda's queue delivered the event once more: it may deliver twice.")
      : story.tell(
          event,
          "The API handed the event to Lambda, whose own queue keeps it from now on.",
          "sent",
        ),
  asyncRetried: (story, event) =>
    story.tell(event, `Lambda tries again at ${story.moment(event.againAtMs)}.`, "retries"),
  asyncDiscarded: (story, event) =>
    story.tell(
      event,
      event.to === undefined
        ? "Lambda gave up, and threw the event away."
        : "Lambda gave up, and set the event aside in the dead-letter queue.",
      "setAside",
    ),
};

function tellReturn(story: Story, event: TraceEventOf<"returned">): void {
  const { outcome, failedRows, invocation } = event;
  if (story.ended.has(invocation)) {
    return;
  }
  if (outcome === "timedOut") {
    story.tell(event, "The function ran out of time, and Lambda stopped its environment.", "functionTimeout");
  } else if (outcome === "failed") {
    story.tell(event, "The function failed as a whole.");
  }
  const failed = story.deliveries.find(({ row, by }) => by === invocation && failedRows.includes(row));
  if (outcome === "answered" && failed !== undefined) {
    story.tell(event, `The function named the ${story.nameOf(failed.row)} as failed.`, "named");
  }
}

function tellEnvironmentEnd(story: Story, event: TraceEventOf<"environmentEnded">): void {
  const { environment, why } = event;
  const invocation = story.before.findLast(
    (each) => each.kind === "invoked" && each.environment === environment,
  );
  if (invocation?.kind === "invoked") {
    story.ended.add(invocation.invocation);
  }
  const where = story.environment(environment);
  const how = {
    killed: "was killed",
    timedOut: "was late, so Lambda stopped it",
    exited: "ended",
    stopped: "was stopped",
  };
  story.tell(
    event,
    `${where.replace("e", "E")} ${how[why]} in the middle${backLater(story)}.`,
    ...(why === "timedOut" ? (["functionTimeout"] as const) : []),
  );
}

function tellKill(story: Story, event: TraceEventOf<"killed">): void {
  if (event.target === "worker") {
    story.ended.add("worker");
    story.tell(event, `The worker was killed in the middle${backLater(story)}.`);
  } else if (event.target === "api") {
    const isPromised = story.before.some((each) => each.kind === "answered" && each.status !== undefined);
    story.tell(
      event,
      isPromised
        ? "The API was killed with the activation in its memory, and no one else knows of it."
        : "The API was killed while the customer waited.",
    );
  }
}

/** A message that no one has deleted comes back, whatever happened to its consumer. */
function backLater(story: Story): string {
  const last = story.deliveries.at(-1);
  const row = last === undefined ? undefined : story.rows.get(last.row);
  return row === undefined ? "" : `; the ${row.name} comes back at ${story.moment(row.hiddenUntilMs)}`;
}
