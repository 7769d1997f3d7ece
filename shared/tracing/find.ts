// Finds activations in a trace. Pure and without Node's modules, since pages use it too.
import type { ReadTrace, TracedActivation } from "./activations.ts";

/** What you can ask for without knowing a customer: the first of a kind, and the slowest. */
export const kindsOfStory = ["twice", "lost", "aside", "slowest"] as const;
export type KindOfStory = (typeof kindsOfStory)[number];

/** The activation of a customer, of an eventId or its beginning, or of a device in any notation. */
export function findActivation({ activations, find }: ReadTrace, word: string): TracedActivation | undefined {
  const wanted = word.toLowerCase();
  const digits = wanted.replaceAll(/[^0-9a-f]/g, "");
  const isAddress = /^[0-9a-f.:-]+$/.test(wanted) && (digits.length === 12 || digits.length === 16);
  return (
    find(word) ??
    activations.find(({ customerId }) => customerId.toLowerCase() === wanted) ??
    activations.find(
      ({ macAddress }) => isAddress && macAddress.replaceAll("-", "").toLowerCase() === digits,
    ) ??
    // Screens and logs show the beginning of an eventId.
    activations.find(({ eventId }) => wanted.length >= 6 && eventId.toLowerCase().startsWith(wanted))
  );
}

/** The first activation of a kind, by the time of its request. "slowest": the one that took longest, finished or not. */
export function pickActivation(
  { activations, trace }: ReadTrace,
  kind: KindOfStory,
): TracedActivation | undefined {
  const asked = activations.filter(({ askedAtMs }) => askedAtMs !== undefined);
  const endMs = trace.events.at(-1)?.atMs ?? 0;
  const tookMs = ({ askedAtMs = 0, activatedAtMs, fate }: TracedActivation) =>
    activatedAtMs === undefined && fate !== "waiting" ? 0 : (activatedAtMs ?? endMs) - askedAtMs;
  switch (kind) {
    case "twice":
      return asked.find(({ provisionedCount }) => provisionedCount > 1);
    case "lost":
      return asked.find(({ fate }) => fate === "lost");
    case "aside":
      return (
        asked.find(({ fate }) => fate === "deadLettered") ??
        asked.find(({ events }) =>
          events.some((event) => event.kind === "setAside" || event.kind === "asyncDiscarded"),
        )
      );
    case "slowest":
      return asked.toSorted((one, other) => tookMs(other) - tookMs(one))[0];
  }
}

/** A few customers in the trace, to suggest after an unknown name. */
export function someCustomers({ activations }: ReadTrace, most = 3): string[] {
  const names = activations.flatMap(({ customerId }) => (customerId === "" ? [] : [customerId]));
  const step = Math.max(1, Math.floor(names.length / most));
  return names.filter((_name, at) => at % step === 0).slice(0, most);
}
