import type { Results } from "#shared/results.ts";
import type { DrawnPicture } from "../charts/draw.ts";
import { killSeconds, planOf, rateText, secondsOf } from "../plan-words.ts";
import { boughtSentence, paidSentence, sameSentence } from "../sentences.ts";
import { capitalized } from "../format.ts";
import { escaped, figure, table } from "./html.ts";
import { styles } from "./styles.ts";
import { closedLoopTable, customerTable, dayTable, ledgerTable, machineTable } from "./tables.ts";

/** The report: one file that opens from disk, without a network, in light and dark. */
export function reportHtml(results: Results, pictures: readonly DrawnPicture[]): string {
  const when = results.startedAt.slice(0, 16).replace("T", " ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Take a Ticket: the short day of ${escaped(when)}</title>
<link rel="icon" href="data:,">
<style>${styles}</style>
</head>
<body>
<main>
<header>
<p class="over">Take a Ticket · ${escaped(when)} UTC</p>
<h1>${escaped(capitalized(boughtSentence(results)))}</h1>
<p class="lead">${escaped(capitalized(paidSentence(results)))}</p>
<p class="note">${escaped(results.notes.join("; "))}. ${escaped(capitalized(sameSentence(results)))}</p>
${warnings(results)}
</header>
${pictures.map(figure).join("\n")}
<section><h2>The short day</h2>
<p>A 202 moves work, it does not remove it: so both clocks stand side by side, and beside them what went wrong.</p>
${table(dayTable(results))}</section>
<section><h2>The ledger</h2>
<p>Each entry from evidence of its own: the answers, the tables' rows, the messages in the queues, the vendor's book.
What doesn't add up is refused.</p>
${table(ledgerTable(results))}</section>
<section><h2>How fast it can answer</h2>
<p>A closed loop: each connection asks again as soon as it is answered, and nobody works on what piles up, except
that 02 goes on in its own memory. It says nothing about activation.</p>
${table(closedLoopTable(results))}</section>
<section><h2>Method and machine</h2>
${method(results)}
${table(machineTable(results))}</section>
<section><h2>Every customer</h2>
<details><summary>The first run of each row, customer by customer</summary>
${results.chapters.map((row) => table(customerTable(row))).join("\n")}
</details></section>
<section><h2>The raw data</h2>
<p>All of <code>results.json</code> is in this file, in the element <code>#results</code>.</p></section>
</main>
<script type="application/json" id="results">${embedded(results)}</script>
</body>
</html>
`;
}

function warnings({ complete, chapters }: Results): string {
  const reasons = chapters.flatMap(({ label, day, storm }) =>
    [...(day?.runs ?? []), ...(storm?.runs ?? [])].flatMap((run) =>
      run.reasons.map((reason) => `${label}: ${reason}`),
    ),
  );
  const stopped = complete
    ? []
    : ["Not everything was measured: the benchmark was stopped, or a part failed."];
  const lines = [...stopped, ...reasons.map((reason) => `Don't trust this run: ${reason}.`)];
  return lines.map((line) => `<p class="warning" role="note">${escaped(line)}</p>`).join("\n");
}

function method(results: Results): string {
  const { weather, seed } = results;
  const plan = planOf(results);
  const delays = plan.duplicateDelaysMs.join(", ");
  const lines = [
    `Every row gets the same ${plan.customers} customers at the same moments, drawn from seed ${seed}: ` +
      `${rateText(plan)} for ${secondsOf(plan)} seconds, whatever the server does.`,
    "A response time counts from when the request should have been sent; an error or a cut connection is no answer and " +
      "counts as longer than anything. An activation time counts from the same moment until the device works; every " +
      "accepted activation is in it.",
    `At ${killSeconds(plan)[0]} s what does the work is killed (kill -9): the API in 01 and 02, the worker in 03, a ` +
      `function that has the vendor on the line from 04 on. ${plan.poison.length} devices can never be provisioned. ` +
      `Every ${plan.everyNthTwice}th message comes twice, the copy after ${delays} ms in turn.`,
    `The vendor's median is ${weather.medianMs} ms, its p99 ${weather.p99Ms} ms, ${weather.capacity} calls at once; its ` +
      "delays are drawn from the seed and the device, so that every row meets the same.",
    "Before each day every process is fresh and has been warmed up with requests that count nowhere. While a day drains, " +
      "the next chapter's processes start.",
    `A day ends when nothing can change any more, or ${plan.horizonMs / 1_000} s after the first customer. p99 is shown ` +
      "from 500 samples on; below, the slowest one.",
  ];
  return lines.map((line) => `<p>${escaped(line)}</p>`).join("\n");
}

/** JSON inside HTML: no `<`, so that nothing in it can end the element. */
function embedded(results: Results): string {
  return JSON.stringify(results).replaceAll("<", "\\u003c");
}
