import type { LiveChapter } from "./state.ts";

// What a key means in a chapter. They name what the chapter has, not which one it is, so a participant's own is served, too.

/** After the kill of whoever works here. */
export function afterKill(
  { worksWith, hasTickets }: LiveChapter,
  visibilitySeconds: string | undefined,
): string {
  if (worksWith !== "api") {
    return visibilitySeconds === undefined
      ? "It starts again. Its messages come back when their visibility timeout ends."
      : `It starts again. Its messages stay hidden, and come back after ${visibilitySeconds} s.`;
  }
  return hasTickets
    ? "It starts again. What it held in memory is gone: that ticket stays as it is."
    : "It starts again. Who waited for an answer got none, and knows that.";
}

/** While the vendor is down. */
export function inOutage({ worksWith, hasTickets, hasDeadLetterQueue }: LiveChapter): string {
  if (worksWith !== "api") {
    return hasDeadLetterQueue
      ? "Messages come back, and cost a call each time, until they are set aside."
      : "Messages come back, and cost a call each time. Send one, and watch the calls.";
  }
  return hasTickets
    ? "Who asks now is given a ticket, and it fails: nobody tries again."
    : "Who asks now is told the error.";
}

/** What becomes of a device that can't be provisioned. */
export function ofPoison({ worksWith, hasTickets, hasDeadLetterQueue }: LiveChapter): string {
  if (worksWith !== "api") {
    return hasDeadLetterQueue
      ? "It is tried a few times and then set aside. h heals it and brings it back."
      : "Its message comes back again and again: watch the vendor calls. h heals it.";
  }
  return hasTickets
    ? "Its ticket fails, and nobody tries again. h heals the device, not the ticket."
    : "The customer is told the error. h heals the device, for whoever asks again.";
}

/** When there is nothing to heal and nothing to bring back. */
export function nothingToHeal({ hasDeadLetterQueue }: LiveChapter): string {
  return hasDeadLetterQueue
    ? "No device is poisoned and nothing is set aside, so there is nothing to heal."
    : "No device is poisoned, and this chapter sets nothing aside: nothing to heal.";
}

/** After the poison is taken away, where nothing is set aside. */
export function healed({ worksWith }: LiveChapter): string {
  return worksWith === "api"
    ? "From now on it can be provisioned, but whoever has failed must ask again."
    : "What is in the queue will succeed when it comes back.";
}
