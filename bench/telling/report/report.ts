import { join } from "node:path";
import { embeddedJson, escaped } from "#shared/html.ts";
import { capitalized } from "../../figures/format.ts";
import type { ResultsView, TrialView } from "../../figures/view.ts";
import type { DrawnPicture } from "../charts/draw.ts";
import { fontFaces, pageScript } from "../charts/page.ts";
import { boughtSentence, labSentence, paidSentence, sameSentence } from "../sentences.ts";
import { figure, table } from "./html.ts";
import { methodLines, relianceLines, trustLines } from "./method.ts";
import { styles } from "./styles.ts";
import {
  closedLoopTable,
  comparisonTable,
  customerTable,
  dayTable,
  ledgerTable,
  machineTable,
  processorTable,
  meaningTable,
  redriveTable,
  scoreboardTable,
  sweepTable,
} from "./tables.ts";

// A second lock on the door: the page itself forbids every request.
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; font-src data:; img-src data:";

/**
 * The report: one file that opens from disk, without a network, in light and dark. The raw results are in it: its script
 * draws the pictures from them, and offers them as a file.
 */
export function reportHtml(view: ResultsView, pictures: readonly DrawnPicture[]): string {
  const when = view.startedAt.slice(0, 16).replace("T", " ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Take a Ticket: what was measured on ${escaped(when)}</title>
<link rel="icon" href="data:,">
<style>${fontFaces()}
${styles}</style>
<noscript><style>.plot { display: none; }</style></noscript>
</head>
<body>
<main>
<header>
<div class="bar"><p class="over">Take a Ticket · ${escaped(when)} UTC</p><button id="theme" type="button" hidden></button></div>
${introduction(view)}
<p class="note">${escaped(capitalized(view.notes.join("; ")))}.</p>
<p class="note" id="pointing" hidden>Point at a mark in a picture to read it, or move from one to the next with the arrow keys.</p>
${warnings(view)}
</header>
${sections(view, pictures)}
</main>
<script type="application/json" id="results">${embeddedJson(view.results)}</script>
<script>${pageScript(join(import.meta.dirname, "live", "main.ts"))}</script>
</body>
</html>
`;
}

/** What was bought and what was paid, of the day, or if there was none, of the storm. */
function introduction({ trials }: ResultsView): string {
  const [trial] = Object.values(trials);
  if (trial === undefined) {
    return "<h1>What was measured</h1>";
  }
  const [bought, paid, same] = [boughtSentence, paidSentence, sameSentence].map((sentence) =>
    escaped(capitalized(sentence(trial))),
  );
  return `<h1>${bought}</h1>
<p class="lead">${paid}</p>
<p>${same}</p>`;
}

const mostWarnings = 4;

/** What can't be relied on stands above everything else; the whole list of it further below. */
function warnings(view: ResultsView): string {
  if (view.complete && view.trustworthy) {
    return "";
  }
  const lines = relianceLines(view);
  const more = lines.length - mostWarnings;
  return [...lines.slice(0, mostWarnings), ...(more > 0 ? [`And ${more} more reasons, see below.`] : [])]
    .map((line) => `<p class="warning" role="note">${escaped(line)}</p>`)
    .join("\n");
}

// The pictures that stand with the storm and with the sweep; all others stand with the day, or first.
const withStorm = ["storm", "scoreboard", "latency-percentiles"];
const withSweep = ["arrival-rate"];
// It is made for being sent to others, and says nothing that is not here.
const leftOut = ["card"];

/** All parts of the report, as far as they were measured. */
function sections(view: ResultsView, pictures: readonly DrawnPicture[]): string {
  const { day, storm, outage, rush } = view.trials;
  const figures = (isShown: (name: string) => boolean) =>
    pictures.filter(({ name }) => isShown(name)).map(figure);
  const elsewhere = [...(storm ? withStorm : []), ...withSweep, ...leftOut];
  return [
    ...figures((name) => !elsewhere.includes(name)),
    ...(day ? daySections(view, day) : []),
    ...(storm
      ? [
          section("The storm", [
            words("The same weather for every chapter: what differs in the end is the chapter's."),
            ...figures((name) => withStorm.includes(name)),
            ...trialTables(storm),
          ]),
        ]
      : []),
    ...[outage, rush].flatMap((trial) => (trial ? [labSection(trial)] : [])),
    ...(view.sweep
      ? [
          section("The sweep", [
            words(
              "One arrival rate after the other. A chapter bends where more comes than it does; beyond that, every figure " +
                "depends on how long one looks.",
            ),
            ...figures((name) => withSweep.includes(name)),
            ...view.sweep.rows.map(sweepTable).map(table),
          ]),
        ]
      : []),
    ...closing(view),
  ].join("\n");
}

function daySections({ closedLoops }: ResultsView, day: TrialView): string[] {
  return [
    section("The short day", [
      words(
        "A 202 moves work, it does not remove it: so both clocks stand side by side, and beside them what went wrong.",
      ),
      ...[dayTable, ledgerTable, comparisonTable, processorTable]
        .flatMap((tableOf) => tableOf(day) ?? [])
        .map(table),
    ]),
    ...(closedLoops.length > 0
      ? [
          section("How fast it can answer", [
            words(
              "A closed loop: each connection asks again as soon as it is answered, and nobody works on what piles up, except " +
                "that 02 goes on in its own memory. It says nothing about activation.",
            ),
            table(closedLoopTable(closedLoops)),
          ]),
        ]
      : []),
  ];
}

function labSection(trial: TrialView): string {
  const [title, text] =
    trial.part === "outage"
      ? [
          "The long outage",
          "The vendor is down for longer than Lambda's own two retries last. The waits between them are a sixtieth of AWS's.",
        ]
      : [
          "The rush",
          "More customers at once than there are connections, and a vendor that could serve them all.",
        ];
  return section(title, [words(text), words(capitalized(labSentence(trial) ?? "")), ...trialTables(trial)]);
}

function trialTables(trial: TrialView): string[] {
  const tables = [scoreboardTable, ledgerTable, redriveTable, comparisonTable, processorTable];
  return tables.flatMap((tableOf) => tableOf(trial) ?? []).map(table);
}

function closing(view: ResultsView): string[] {
  const lived = view.trials.day?.rows.filter(({ run }) => run.customers.length > 0) ?? [];
  return [
    section("Can it be relied on?", trustLines(view).map(words)),
    section("Method and machine", [
      ...methodLines(view).map(words),
      `<p>To repeat it: <code>${escaped(view.command)}</code>, with seed ${view.seed}, at the commit below.</p>`,
      table(meaningTable),
      table(machineTable(view)),
    ]),
    ...(lived.length > 0
      ? [
          section("Every customer", [
            "<details><summary>The first day of each row, customer by customer</summary>",
            ...lived.map(customerTable).map(table),
            "</details>",
          ]),
        ]
      : []),
    section("The raw data", [
      "<p>All of <code>results.json</code> is in this file, in the element <code>#results</code>.",
      '<a id="download" href="#results" download="results.json" hidden>Save it as results.json</a></p>',
    ]),
  ];
}

const section = (title: string, parts: readonly string[]) =>
  `<section><h2>${escaped(title)}</h2>\n${parts.join("\n")}</section>`;

const words = (text: string) => `<p>${escaped(text)}</p>`;
