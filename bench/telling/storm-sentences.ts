import type { Plan, Results } from "#shared/results.ts";
import { capitalized, listed } from "./format.ts";
import { measuredRows } from "../figures/medians.ts";
import type { Measured } from "../figures/medians.ts";
import { errorsOf } from "../trial/ledger.ts";
import { killSeconds, outageSeconds, planOf } from "./plan-words.ts";
import { rowsInWords } from "./row-words.ts";

/** "Killed 3 times and cut off for 3 s: 02 forgets 24 and 06 27; 03 to 05, 07 and 07+key lose none." */
export function stormSentence(results: Results): string {
  const rows = measuredRows(results, "storm");
  const order = rows.map(({ id }) => id);
  const losers = rows.filter(({ ledger }) => ledger.lost > 0);
  const forgets = losers.map(
    ({ id, ledger }, at) => `${id}\u00A0${at === 0 ? "forgets\u00A0" : ""}${ledger.lost}`,
  );
  // Who answers when all is done can forget nothing, and fails customers instead.
  const [first] = rows.filter(({ id }) => id === "01");
  const fails = first ? [`01\u00A0fails\u00A0${errorsOf(first.ledger)} customers`] : [];
  const keepers = rows.filter((row) => row !== first && row.ledger.lost === 0).map(({ id }) => id);
  const keep = `${rowsInWords(keepers, order)} ${keepers.length === 1 ? "loses" : "lose"} none`;
  const parts = [
    ...fails,
    ...(forgets.length > 0 ? [listed(forgets)] : []),
    ...(keepers.length > 0 ? [keep] : []),
  ];
  return capitalized(`${troubleWords(planOf(results, "storm"))}: ${parts.join("; ")}.`);
}

function troubleWords(plan: Plan): string {
  const kills = killSeconds(plan).length;
  const outage = outageSeconds(plan);
  const killed = kills === 1 ? "killed once" : kills === 2 ? "killed twice" : `killed ${kills} times`;
  const cut = outage === undefined ? [] : [`cut off for ${outage.end - outage.begin} s`];
  return [...(kills > 0 ? [killed] : []), ...cut].join(" and ") || "in calm weather";
}

/** Who keeps every promise, and what the others pay most often. */
export function scoreSentence(results: Results): string {
  const rows = measuredRows(results, "storm");
  const order = rows.map(({ id }) => id);
  const clean = rows.filter(keepsItsWord).map(({ id }) => id);
  const [alone] = clean;
  if (alone === undefined) {
    return rows.length === 1
      ? `${order[0]} pays: it loses some, does some twice, gives some up, or leaves some waiting.`
      : "Every chapter pays: it loses some, does some twice, gives some up, or leaves some waiting.";
  }
  const kept = "loses none, does none twice, gives none up and leaves none waiting";
  if (clean.length === rows.length) {
    return rows.length === 1
      ? capitalized(`${alone} ${kept}.`)
      : "No chapter loses any, does any twice, gives any up or leaves any waiting.";
  }
  return clean.length === 1
    ? `Only ${alone} ${kept}.`
    : `${rowsInWords(clean, order)} lose none, do none twice, give none up and leave none waiting.`;
}

/** Everybody who was promised a device gets one, once, and is told. */
function keepsItsWord({ ledger, id }: Measured): boolean {
  const { lost, doubled, gaveUp, orphaned, waiting } = ledger;
  return id !== "01" && lost + doubled + gaveUp + orphaned + waiting === 0;
}
