import type { TraceEventOf } from "#shared/trace.ts";
import { capitalized, ordinal } from "#shared/words.ts";
import type { Story, Tellers } from "./story.ts";

/** What the queue does with a message: send, deliver, hide, copy, delete, set aside, redrive. */
export const queueTellers: Tellers = {
  sent: (story, event) => {
    story.rows.set(event.row, { hiddenUntilMs: event.visibleAtMs, name: "message" });
    if (event.by === "api") {
      story.tell(event, "The API sent the message: the queue keeps the work from now on.", "sent");
    } else if (event.by !== "lambda") {
      story.tell(event, `${story.subject(event.by)} sent the message to ${event.queue}.`);
    }
  },
  deduplicated: (story, event) => {
    const who = event.by === "api" ? "The API sent the message again" : "The message was sent again";
    story.tell(event, `${who}, and the FIFO queue stored nothing: it already had this deduplication id.`);
  },
  delivered: tellDelivery,
  copied: (story, event) => {
    story.rows.set(event.copy, { hiddenUntilMs: event.visibleAtMs, name: "copy" });
    const isNow = event.visibleAtMs - event.atMs < atOnceMs;
    const when = isNow ? "" : `, to deliver it at ${story.moment(event.visibleAtMs)}`;
    story.tell(event, `The queue copied the message${when}: a standard queue may deliver twice.`);
  },
  hidden: tellHidden,
  deleted: (story, event) => {
    const name = story.nameOf(event.row);
    story.rows.delete(event.row);
    const who: Record<string, string> = {
      lambda: `Lambda deleted the ${name}: the function did not name it as failed.`,
      worker: `The worker deleted the ${name}, last of all.`,
    };
    story.tell(
      event,
      who[event.by] ?? `${story.subject(event.by, event.row)} deleted the ${name}.`,
      "deleted",
    );
  },
  notDeleted: (story, event) =>
    story.tell(
      event,
      `The ${story.nameOf(event.row)} was not deleted: SQS has delivered it again, and only the newest receipt handle counts.`,
    ),
  setAside: (story, event) => {
    moveRow(story, event);
    story.tell(
      event,
      `SQS had delivered it ${event.receiveCount} times in vain, and set it aside in the dead-letter queue.`,
      "setAside",
    );
  },
  redriven: (story, event) => {
    moveRow(story, event);
    story.tell(event, "The redrive moved the message back; its receive count starts at 0 again.", "redriven");
  },
  purged: (story, event) => {
    story.rows.delete(event.row);
    story.tell(event, "The queue was purged, and the message is gone.");
  },
  expired: (story, event) => {
    story.rows.delete(event.row);
    story.tell(event, "The queue dropped the message: it keeps none for longer.");
  },
};

function moveRow(story: Story, { row, newRow, atMs }: TraceEventOf<"setAside" | "redriven">): void {
  story.rows.delete(row);
  story.rows.set(newRow, { hiddenUntilMs: atMs, name: "message" });
}

const atOnceMs = 20;

function tellDelivery(story: Story, event: TraceEventOf<"delivered">): void {
  const { row, receiveCount, hiddenUntilMs } = event;
  const invoked = story.after.find((each) => each.kind === "invoked" && each.rows.includes(row));
  const isAgain = story.deliveries.some((delivery) => delivery.row === row);
  const known = story.rows.get(row);
  const name = story.nameOf(row);
  const to =
    invoked?.kind === "invoked"
      ? story.environment(invoked.environment)
      : event.by === "worker"
        ? "the worker"
        : event.by === "lambda"
          ? "Lambda"
          : "a caller";
  story.deliveries.push({ row, by: invoked?.kind === "invoked" ? invoked.invocation : event.by });
  const nth = ordinal(story.deliveries.length);
  const cameBack = isAgain ? `the ${name} came back${late(known?.hiddenUntilMs, event.atMs)}, and ` : "";
  const what = isAgain ? "it" : `the ${name}`;
  story.rows.set(row, { hiddenUntilMs, name });
  story.tell(
    event,
    `${capitalized(nth)} delivery: ${cameBack}SQS gave ${what} to ${to} (receive count ${receiveCount}, hidden until ` +
      `${story.moment(hiddenUntilMs)}).`,
    ...(isAgain && !wasHiddenByCode(story, row) ? (["visibilityTimeout"] as const) : []),
  );
}

/** No one was there to take it when it became visible again. */
function late(hiddenUntilMs: number | undefined, atMs: number): string {
  const waitedMs = atMs - (hiddenUntilMs ?? atMs);
  return waitedMs < 500 ? "" : `, waited ${(waitedMs / 1_000).toFixed(1)} s`;
}

function wasHiddenByCode(story: Story, row: number): boolean {
  const last = story.before.findLast(
    (each) => (each.kind === "hidden" || each.kind === "delivered") && each.row === row,
  );
  return last?.kind === "hidden";
}

function tellHidden(story: Story, event: TraceEventOf<"hidden">): void {
  const { row, hiddenUntilMs, by, atMs } = event;
  const name = story.nameOf(row);
  story.rows.set(row, { hiddenUntilMs, name });
  if (hiddenUntilMs - atMs < atOnceMs) {
    story.tell(event, `${story.subject(by, row)} made the ${name} visible at once.`, "hidden");
    return;
  }
  const isAfterLease = story.lease !== undefined && hiddenUntilMs >= story.lease.endsAtMs;
  const why = isAfterLease && story.status === "provisioning" ? ", past the end of the lease" : "";
  story.tell(
    event,
    `${story.subject(by, row)} hid the ${name} until ${story.moment(hiddenUntilMs)}${why}.`,
    "hidden",
  );
}
