import type { TraceEventOf } from "#shared/trace.ts";
import { spoken } from "#shared/words.ts";
import type { Story, Tellers } from "./story.ts";

/** The ticket: its status, the guard that reads it, its lease, and failed conditions. */
export const ticketTellers: Tellers = {
  written: (story, event) => {
    tellWrite(story, event);
    if (event.status === "failed" || event.status === "active") {
      story.lease = undefined;
    }
    story.status = event.status ?? story.status;
  },
  refused: (story, event) => {
    tellRefusal(story, event);
    story.refused.add(event.by);
  },
  read: (story, event) => {
    // After a failed condition the caller reads the reason, which is already told.
    if (!story.refused.delete(event.by)) {
      tellRead(story, event);
    }
  },
};

function tellWrite(story: Story, event: TraceEventOf<"written">): void {
  const { status = "", by } = event;
  const tellStatus: Record<string, (story: Story, event: TraceEventOf<"written">) => void> = {
    accepted: tellAccepted,
    provisioning: tellProvisioning,
    active: tellActive,
    failed: () =>
      story.tell(
        event,
        by === "api"
          ? "The API wrote `failed`."
          : `${story.subject(by)} wrote \`failed\`, since it was the last one.`,
        "failed",
      ),
  };
  const what = status === "" ? "" : `, which says \`${status}\``;
  const tell =
    tellStatus[status] ?? (() => story.tell(event, `${story.subject(by)} wrote the ticket${what}.`));
  tell(story, event);
}

function tellAccepted(story: Story, event: TraceEventOf<"written">): void {
  const { by } = event;
  if (by === "api") {
    story.tell(event, "The API wrote the ticket, which says `accepted`.", "accepted");
  } else if (story.lease?.by === by) {
    story.lease = undefined;
    story.tell(
      event,
      `${story.subject(by)} gave the lease back: the ticket says \`accepted\` again.`,
      "released",
    );
  } else {
    story.tell(
      event,
      `${story.subject(by)} wrote \`accepted\`, so that the next delivery tries.`,
      "released",
    );
  }
}

function tellActive(story: Story, event: TraceEventOf<"written">): void {
  const { by, atMs } = event;
  const { askedAtMs } = story.activation;
  if (story.status !== "active") {
    const after = askedAtMs === undefined ? "" : `, ${spoken(atMs - askedAtMs)} after the customer asked`;
    story.tell(event, `${story.subject(by)} wrote \`active\`: the device works${after}.`, "activated");
  } else if (by === "api") {
    story.tell(event, "The API wrote the ticket, which stays `active`: the function was faster.", "accepted");
  } else {
    story.tell(event, `${story.subject(by)} wrote \`active\` once more.`, "activated");
  }
}

function tellProvisioning(story: Story, event: TraceEventOf<"written">): void {
  const { by, leaseEndsAtMs } = event;
  if (by === "api" && story.rows.size > 0) {
    story.tell(
      event,
      "The API wrote the ticket, which stays `provisioning`: the function was faster.",
      "accepted",
    );
    return;
  }
  if (leaseEndsAtMs === undefined) {
    story.tell(event, `${story.subject(by)} wrote \`provisioning\`.`, "marked");
    return;
  }
  const former = story.lease;
  story.lease = { by, endsAtMs: leaseEndsAtMs };
  const until = `until ${story.moment(leaseEndsAtMs)}`;
  if (former === undefined) {
    story.tell(event, `${story.subject(by)} took the lease ${until}.`, "leaseTaken");
  } else {
    story.tell(
      event,
      `${story.subject(by)} found a lease that had ended at ${story.moment(former.endsAtMs)}, and took it over ${until}.`,
      "leaseTakenOver",
    );
  }
}

function tellRefusal(story: Story, event: TraceEventOf<"refused">): void {
  const { by } = event;
  const who = story.subject(by);
  const hasWorked = story.before.some(
    (each) => (each.kind === "written" || each.kind === "callArrived") && each.by === by,
  );
  if (story.status === "active") {
    story.tell(
      event,
      hasWorked
        ? `${who} changed nothing: the ticket says \`active\`.`
        : `${who} found the device active, so nothing was left to do.`,
      ...(hasWorked ? [] : (["leaseDone"] as const)),
    );
  } else if (story.lease === undefined) {
    story.tell(event, `${who} wrote nothing: its condition did not hold.`);
  } else if (hasWorked && story.lease.by !== by) {
    story.tell(event, `${who} could not give the lease back: somebody has taken it over.`, "released");
  } else {
    story.tell(
      event,
      `${who} found the lease held until ${story.moment(story.lease.endsAtMs)}.`,
      "leaseHeld",
    );
  }
}

/** The reader's next event shows what it concluded. */
function tellRead(story: Story, event: TraceEventOf<"read">): void {
  const { status, by } = event;
  const found = status === undefined ? "found no ticket" : `read \`${status}\``;
  const acts = story.after.some(
    (each) => (each.kind === "written" || each.kind === "callArrived") && each.by === by,
  );
  const who = story.subject(by);
  if (acts) {
    story.tell(event, `${who} ${found} and went on.`, "notYet");
  } else if (status === "active" || status === "provisioning") {
    const why = status === "active" ? "the device works" : "somebody seems to be at work";
    story.tell(event, `${who} ${found} and returned, since ${why}.`, "guarded");
  } else {
    story.tell(event, `${who} ${found}.`);
  }
}
