import { listed } from "../figures/format.ts";
import type { Doubt, Repeat } from "../figures/view.ts";

// A run's doubts about its own figures.

const repeatsNamed = 3;

/** What was repeated, how often and why. Undefined if nothing was. */
export function repeatedSentence(repeats: readonly Repeat[]): string | undefined {
  if (repeats.length === 0) {
    return undefined;
  }
  const more = repeats.length - repeatsNamed;
  const named = repeats
    .slice(0, repeatsNamed)
    .map(({ name, discarded }) => `${name} (${discarded.length === 1 ? "once" : "twice"})`);
  // What follows the colon belongs to that one attempt.
  const whys = repeats.flatMap(({ discarded }) =>
    discarded.flatMap(({ reasons }) => reasons.map((reason) => reason.replace(/:.*| for \d.*/, ""))),
  );
  const all = more > 0 ? `${named.join("; ")}; and ${more} more` : named.join("; ");
  return `Measured again, because ${listed([...new Set(whys)])}: ${all}.`;
}

const doubtsNamed = 3;

/** Which figures are not reliable and why, in one sentence. Undefined if all are. */
export function doubtsSentence(doubts: readonly Doubt[]): string | undefined {
  if (doubts.length === 0) {
    return undefined;
  }
  const parted = doubts.map(({ reason }) => /^(.*?): (.*)$/.exec(reason) ?? [reason, reason, ""]);
  const names = [...new Set(parted.map(([, name = ""]) => name))];
  const whys = [...new Set(parted.map(([, , why = ""]) => why.replace(/:.*| for \d.*/, "")))];
  const [only] = doubts;
  if (doubts.length === 1 && only !== undefined) {
    return only.reason;
  }
  const more = names.length - doubtsNamed;
  const shown = names.slice(0, doubtsNamed);
  const all = more > 0 ? `${shown.join(", ")} and ${more} more` : listed(shown);
  return `${all}: ${listed(whys)}; the report says more`;
}
