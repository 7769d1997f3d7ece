import { listed } from "../figures/format.ts";
import type { Doubt, Repeat } from "../figures/view.ts";

// What a run says against its own figures.

const repeatsNamed = 3;

/** What was made again, how often and why; undefined if nothing was. */
export function repeatedSentence(repeats: readonly Repeat[]): string | undefined {
  if (repeats.length === 0) {
    return undefined;
  }
  const more = repeats.length - repeatsNamed;
  const named = repeats
    .slice(0, repeatsNamed)
    .map(({ name, discarded }) => `${name} (${discarded.length === 1 ? "once" : "twice"})`);
  // What comes after the colon is of that one try.
  const whys = repeats.flatMap(({ discarded }) =>
    discarded.flatMap(({ reasons }) => reasons.map((reason) => reason.replace(/:.*| for \d.*/, ""))),
  );
  const all = more > 0 ? `${named.join("; ")}; and ${more} more` : named.join("; ");
  return `Made again, because ${listed([...new Set(whys)])}: ${all}.`;
}

const doubtsNamed = 3;

/** Which figures can't be relied on, and why, in one sentence; undefined if all can. */
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
