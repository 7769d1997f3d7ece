import { counted, moment } from "#shared/words.ts";
import type { ReadTrace } from "../activations.ts";
import { weights } from "./happening.ts";
import type { Candidate } from "./happening.ts";

/** Each outage of the vendor, and how many calls it turned away. */
export function outageHappenings({ trace, forgotten }: ReadTrace): Candidate[] {
  const { startedAtMs } = trace.header;
  const changes = trace.events.flatMap((event) =>
    event.kind === "weather" && typeof event.change["outage"] === "boolean"
      ? [{ atMs: event.atMs, isOut: event.change["outage"] }]
      : [],
  );
  return changes.flatMap(({ atMs, isOut }, at) => {
    if (!isOut || changes[at - 1]?.isOut === true) {
      return [];
    }
    const endMs = changes.slice(at).find((change) => !change.isOut)?.atMs;
    const kept = trace.events.filter(
      (event) =>
        event.kind === "callEnded" &&
        event.status === 503 &&
        event.atMs >= atMs &&
        event.atMs <= (endMs ?? Infinity),
    ).length;
    const turnedAway = kept + (forgotten?.turnedAway.get(atMs) ?? 0);
    const from = moment(atMs - startedAtMs);
    const when = endMs === undefined ? `From ${from} on` : `From ${from} to ${moment(endMs - startedAtMs)}`;
    return [
      {
        atMs: atMs - startedAtMs,
        text: `${when} the vendor was out of order, and turned ${counted(turnedAway, "call")} away.`,
        weight: weights.outage,
      },
    ];
  });
}
