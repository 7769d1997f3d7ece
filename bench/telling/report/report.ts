import { readFileSync } from "node:fs";
import { join } from "node:path";
import { escaped } from "#shared/html.ts";
import { capitalized } from "../../figures/format.ts";
import type { ResultsView, TrialView } from "../../figures/view.ts";
import type { DrawnPicture } from "../charts/draw.ts";
import { cssVariables, darkTheme, lightTheme } from "../charts/drawing/theme.ts";
import { page } from "../charts/page.ts";
import { boughtSentence, labSentence, paidSentence, sameSentence } from "../sentences.ts";
import { methodLines, relianceLines, trustLines } from "./method.ts";
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
import type { TableData } from "./tables.ts";

/**
 * The report: one file that opens from disk, without a network, in light and dark. The raw results are in it: its script
 * draws the pictures from them, and offers them as a file.
 */
export function reportHtml(view: ResultsView, pictures: readonly DrawnPicture[]): string {
  const when = view.startedAt.slice(0, 16).replace("T", " ");
  return page({
    title: `Take a Ticket: what was measured on ${when}`,
    results: view.results,
    entry: join(import.meta.dirname, "live", "main.ts"),
    styles: `@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { color-scheme: dark; ${cssVariables(darkTheme)} } }
${Object.keys(lightTheme)
  .map((name) => `.fill-${name} { fill: var(--${name}); } .stroke-${name} { stroke: var(--${name}); }`)
  .join("\n")}
${readFileSync(join(import.meta.dirname, "report.css"), "utf8")}`,
    body: `<noscript><style>.plot { display: none; }</style></noscript>
<main>
<header>
<div class="bar"><p class="over">Take a Ticket · ${escaped(when)} UTC</p><button id="theme" type="button" hidden></button></div>
${introduction(view)}
<p class="note">${escaped(capitalized(view.notes.join("; ")))}.</p>
<p class="note" id="pointing" hidden>Point at a mark in a picture to read it, or move from one to the next with the arrow keys.</p>
${warnings(view)}
</header>
${sections(view, pictures)}
</main>`,
  });
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

/** All parts of the report, as far as they were measured. */
function sections(view: ResultsView, pictures: readonly DrawnPicture[]): string {
  const { day, storm, outage, rush } = view.trials;
  const figures = (isShown: (name: string) => boolean) =>
    pictures.filter(({ name }) => isShown(name)).map(figure);
  const elsewhere = [...(storm ? withStorm : []), ...withSweep];
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

function table({ caption, head, rows, words = false, headless = false }: TableData): string {
  const titles = head.map((title) => `<th scope="col">${escaped(title)}</th>`).join("");
  const lines = rows.map(([name = "", ...cells]) => {
    const figures = cells.map((cell) => `<td>${withSmall(cell)}</td>`).join("");
    return `<tr><th scope="row">${escaped(name)}</th>${figures}</tr>`;
  });
  const kind = [...(words ? ["words"] : []), ...(headless ? ["headless"] : [])].join(" ");
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table class="${kind}">
<caption>${escaped(caption)}</caption>
<thead><tr>${titles}</tr></thead>
<tbody>${lines.join("\n")}</tbody>
</table></div>`;
}

function withSmall(cell: string): string {
  const [first = "", second] = cell.split("\n", 2);
  return escaped(first) + (second === undefined ? "" : `<br><small>${escaped(second)}</small>`);
}

/** A place where the page's script draws a picture; without scripts, the SVG stands there. */
function figure({ name, title, description, svg }: DrawnPicture): string {
  const label = `role="img" aria-label="${escaped(`${title} ${description}`)}"`;
  const inline = recoloured(svg.light)
    .replace(/^<\?xml[^>]*\?>\s*/, "")
    .replace("<svg ", `<svg ${label} `)
    // All SVGs of a page share their ids.
    .replaceAll(/\bid="(cl_\d+)"/g, `id="${name}-$1"`)
    .replaceAll(/url\(#(cl_\d+)\)/g, `url(#${name}-$1)`);
  return `<figure><div class="plot"><div class="sheet"><canvas data-picture="${name}" width="1600" height="900"
tabindex="0" ${label}></canvas></div></div><noscript>${inline}</noscript></figure>`;
}

function recoloured(svg: string): string {
  return Object.entries(lightTheme).reduce((text, [colour, hex]) => {
    // What is wholly white or black is written by name.
    const written = hex === "#ffffff" ? "(?:white|#FFFFFF)" : hex.toUpperCase();
    return text.replaceAll(new RegExp(`(fill|stroke)="${written}"`, "g"), `class="$1-${colour}"`);
  }, svg);
}
