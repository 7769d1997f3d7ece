import { escaped } from "#shared/html.ts";
import type { Results } from "#shared/results.ts";
import type { DrawnPicture } from "../charts/draw.ts";
import { capitalized } from "../format.ts";
import { labSentence } from "../lab-sentences.ts";
import { measuredRows } from "../../figures/medians.ts";
import { comparisonTable } from "./comparisons.ts";
import { figure, table } from "./html.ts";
import { meaningTable, methodLines, trustLines } from "./method.ts";
import { redriveTable, scoreboardTable, sweepTables } from "./storm-tables.ts";
import { closedLoopTable, customerTable, dayTable, ledgerTable, machineTable } from "./tables.ts";

// The pictures that stand with the storm and with the sweep; all others stand with the day, or first.
const withStorm = ["storm", "scoreboard", "latency-percentiles"];
const withSweep = ["arrival-rate"];
// It is made for being sent to others, and says nothing that is not here.
const leftOut = ["card"];

/** All parts of the report, as far as they were measured. */
export function sections(results: Results, pictures: readonly DrawnPicture[]): string {
  const hasDay = measuredRows(results, "day").length > 0;
  const hasStorm = measuredRows(results, "storm").length > 0;
  const sweeps = sweepTables(results);
  const figures = (names: readonly string[]) =>
    pictures.filter(({ name }) => names.includes(name)).map(figure);
  const first = pictures
    .map(({ name }) => name)
    .filter((name) => ![...(hasStorm ? withStorm : []), ...withSweep, ...leftOut].includes(name));
  return [
    ...figures(first),
    ...(hasDay ? daySections(results) : []),
    ...(hasStorm ? stormSections(results, figures(withStorm)) : []),
    ...labSections(results),
    ...(sweeps.length > 0
      ? [
          section("The sweep", [
            words(
              "One arrival rate after the other. A chapter bends where more comes than it does; beyond that, every figure " +
                "depends on how long one looks.",
            ),
            ...figures(withSweep),
            ...sweeps.map(table),
          ]),
        ]
      : []),
    ...closing(results),
  ].join("\n");
}

function daySections(results: Results): string[] {
  const loops = results.chapters.some(({ closedLoop }) => closedLoop !== undefined);
  return [
    section("The short day", [
      words(
        "A 202 moves work, it does not remove it: so both clocks stand side by side, and beside them what went wrong.",
      ),
      table(dayTable(results)),
      table(ledgerTable(results)),
      table(comparisonTable(results, "day")),
    ]),
    ...(loops
      ? [
          section("How fast it can answer", [
            words(
              "A closed loop: each connection asks again as soon as it is answered, and nobody works on what piles up, except " +
                "that 02 goes on in its own memory. It says nothing about activation.",
            ),
            table(closedLoopTable(results)),
          ]),
        ]
      : []),
  ];
}

function stormSections(results: Results, pictures: readonly string[]): string[] {
  const redrive = redriveTable(results);
  return [
    section("The storm", [
      words("The same weather for every chapter: what differs in the end is the chapter's."),
      ...pictures,
      table(scoreboardTable(results)),
      table(ledgerTable(results, "storm")),
      ...(redrive === undefined ? [] : [table(redrive)]),
      table(comparisonTable(results, "storm")),
    ]),
  ];
}

const labWords = {
  outage: {
    title: "The long outage",
    text: "The vendor is down for longer than Lambda's own two retries last. The waits between them are a sixtieth of AWS's.",
  },
  rush: {
    title: "The rush",
    text: "More customers at once than there are connections, and a vendor that could serve them all.",
  },
} as const;

function labSections(results: Results): string[] {
  return (["outage", "rush"] as const).flatMap((part) => {
    if (measuredRows(results, part).length === 0) {
      return [];
    }
    const redrive = redriveTable(results, part);
    const { title, text } = labWords[part];
    return [
      section(title, [
        words(text),
        words(capitalized(labSentence(results, part) ?? "")),
        table(scoreboardTable(results, part)),
        table(ledgerTable(results, part)),
        ...(redrive === undefined ? [] : [table(redrive)]),
        table(comparisonTable(results, part)),
      ]),
    ];
  });
}

function closing(results: Results): string[] {
  const lived = results.chapters.filter(({ day }) => (day?.runs[0]?.customers.length ?? 0) > 0);
  return [
    section("Can it be relied on?", trustLines(results).map(words)),
    section("Method and machine", [
      ...methodLines(results).map(words),
      `<p>To repeat it: <code>${escaped(results.command)}</code>, with seed ${results.seed}, at the commit below.</p>`,
      table(meaningTable),
      table(machineTable(results)),
    ]),
    ...(lived.length > 0
      ? [
          section("Every customer", [
            "<details><summary>The first day of each row, customer by customer</summary>",
            ...lived.map((row) => table(customerTable(row))),
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
