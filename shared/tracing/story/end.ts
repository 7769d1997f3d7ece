import { counted } from "#shared/words.ts";
import { missingIn } from "../activations.ts";
import type { Story } from "./story.ts";

/** How it ended, if no event says so: no one can record what is missing. */
export function tellEnd(story: Story): void {
  const { trace } = story.read;
  const last = story.activation.events.at(-1);
  const end = trace.events.at(-1);
  if (last === undefined || end === undefined) {
    return;
  }
  switch (story.activation.fate) {
    case "waiting":
      story.tell(end, waiting(story, end.atMs));
      break;
    case "deadLettered":
      story.tell(end, "The trace ends here. The message waits in the dead-letter queue, for a redrive.");
      break;
    case "gaveUp":
      story.tell(last, "It is given up: no one tries again, unless the customer asks.");
      break;
    case "lost":
      story.tell(last, lost(story));
      break;
    case "unknown":
      story.tell(
        last,
        `Nothing more is noted, but ${counted(missingIn(trace.header), "event")} of this trace were dropped.`,
      );
      break;
    case "activated":
    case "refused":
  }
}

function waiting(story: Story, endMs: number): string {
  const [row] = [...story.rows.values()];
  if (row === undefined) {
    return "The trace ends here, while somebody works on it.";
  }
  const where =
    row.hiddenUntilMs > endMs ? `is hidden until ${story.moment(row.hiddenUntilMs)}` : "waits in the queue";
  return `The trace ends here, while the ${row.name} ${where}.`;
}

function lost({ activation: { provisionedCount }, status }: Story): string {
  return provisionedCount > 0
    ? `Lost: the device works, but the ticket says \`${status ?? "accepted"}\` forever, and nobody will ever tell the customer.`
    : "Lost: the customer holds a ticket, and nobody will ever work on it.";
}
