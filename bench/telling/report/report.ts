import { readFileSync } from "node:fs";
import { join } from "node:path";
import { escaped, sentenceHtml } from "#shared/html.ts";
import { capitalized, counted, spoken } from "../../figures/format.ts";
import type { ResultsView, TrialView } from "../../figures/view.ts";
import type { TrialPart } from "../../plan/rows.ts";
import type { DrawnPicture } from "../charts/draw.ts";
import { cssVariables, darkTheme, lightTheme } from "#shared/picture/theme.ts";
import { page } from "#shared/picture/html-page.ts";
import { repeatedSentence } from "../reliance.ts";
import { boughtSentence, labSentence, paidSentence, sameSentence } from "../sentences.ts";
import {
  closedLoopTable,
  comparisonTable,
  customerTable,
  dayTable,
  ledgerTable,
  limitTable,
  machineTable,
  meaningTable,
  processorTable,
  redriveTable,
  scoreboardTable,
  sweepTable,
} from "./tables.ts";
import type { TableData } from "./tables.ts";
import type { Plan, SweepPlan } from "#shared/results.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";

/**
 * The report: one file that opens from disk without a network, in light and dark. It contains the raw results. Its script draws the
 * pictures from them, and offers them as a file.
 */
export function reportHtml(
  view: ResultsView,
  pictures: readonly DrawnPicture[],
  { replayFile }: { replayFile?: string } = {},
): string {
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
${replayFile === undefined ? "" : `<p><a href="${escaped(replayFile)}">Watch it happen</a>: the replay, in which every dot is one activation.</p>\n`}<p class="note">${sentenceHtml(capitalized(view.notes.join("; ")))}.</p>
<p class="note" id="pointing" hidden>Point at a mark in a picture to read it, or move from one to the next with the arrow keys.</p>
${warnings(view)}
</header>
${sections(view, pictures)}
</main>`,
  });
}

/** What was bought and paid on the day or, without one, in the storm. */
function introduction({ trials }: ResultsView): string {
  const [trial] = Object.values(trials);
  if (trial === undefined) {
    return "<h1>What was measured</h1>";
  }
  const [bought, paid, same] = [boughtSentence, paidSentence, sameSentence].map((sentence) =>
    sentenceHtml(capitalized(sentence(trial))),
  );
  return `<h1>${bought}</h1>
<p class="lead">${paid}</p>
<p>${same}</p>`;
}

const mostWarnings = 4;

/** What is not reliable comes first. The complete list is further below. */
function warnings(view: ResultsView): string {
  if (view.complete && view.trustworthy) {
    return "";
  }
  const lines = relianceLines(view);
  const more = lines.length - mostWarnings;
  return [...lines.slice(0, mostWarnings), ...(more > 0 ? [`And ${more} more reasons, see below.`] : [])]
    .map((line) => `<p class="warning" role="note">${sentenceHtml(line)}</p>`)
    .join("\n");
}

// The pictures that belong to the storm and to the sweep. All others belong to the day, or come first.
const withStorm = ["storm", "scoreboard", "latency-percentiles"];
const withSweep = ["arrival-rate"];
const withLimits = ["limits"];

/** All parts of the report, as far as they were measured. */
function sections(view: ResultsView, pictures: readonly DrawnPicture[]): string {
  const { day, storm, outage, rush, kills } = view.trials;
  const figures = (isShown: (name: string) => boolean) =>
    pictures.filter(({ name }) => isShown(name)).map(figure);
  const elsewhere = [...(storm ? withStorm : []), ...withSweep, ...withLimits];
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
    ...[outage, rush, kills].flatMap((trial) => (trial ? [labSection(trial)] : [])),
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
    ...(view.limits.length > 0
      ? [
          section("The limit", [
            words("The highest rate of arrivals at which both clocks keep a promise."),
            ...figures((name) => withLimits.includes(name)),
            table(limitTable(view.limits)),
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
              "In a closed loop each connection asks again as soon as it is answered. What piles up waits; only 02 works on it, in " +
                "its own memory. So this says nothing about activation.",
            ),
            table(closedLoopTable(closedLoops)),
          ]),
        ]
      : []),
  ];
}

const labWords: Partial<Record<TrialPart, [title: string, text: string]>> = {
  outage: [
    "The long outage",
    "The vendor is down for longer than Lambda's own two retries last. The waits between them are a sixtieth of AWS's.",
  ],
  rush: [
    "The rush",
    "More customers at once than there are connections, and a vendor that could serve them all.",
  ],
  kills: [
    "The three kills",
    "Every tenth message is sent or delivered twice, one device is poison, and three environments are killed at work.",
  ],
};

function labSection(trial: TrialView): string {
  const [title = "", text = ""] = labWords[trial.part] ?? [];
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

const words = (text: string) => `<p>${sentenceHtml(text)}</p>`;

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

/** Where the page's script draws a picture. Without scripts the SVG is shown. */
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
    // Pure white and black may be written by name.
    const written = hex === "#ffffff" ? "(?:white|#FFFFFF)" : hex.toUpperCase();
    return text.replaceAll(new RegExp(`(fill|stroke)="${written}"`, "g"), `class="$1-${colour}"`);
  }, svg);
}

// A search for the limit is a run of its own, with nothing else in it.
const limitLines = [
  "Customers come by a schedule that is fixed before, from a separate process, whatever the server does. A flood measures " +
    "how much a chapter does a second: no rate above that is ever said to be kept. Below it, probes at one rate after the " +
    "other each move the likelihood of every rate, and the next probe is where the limit is likeliest. Each begins with " +
    "nothing left to do.",
  "A rate keeps the promise if 95 % are in time by each clock and the backlog does not grow. A URL has one clock and " +
    "no flood: the rate climbs to the first overload and stops there. A probe in which the sender was late counts for " +
    "nothing.",
];

/** How it was measured, in paragraphs. */
function methodLines({ seed, weather, trials, sweep, limits }: ResultsView): string[] {
  if (limits.length > 0) {
    return limitLines;
  }
  return [
    `Every row gets the same customers at the same moments, drawn from seed ${seed}, whatever the server does: the load ` +
      "comes from a separate process, by a schedule that is fixed before. Each later run has the next seed, and begins " +
      "with another row.",
    ...Object.values(trials).flatMap(({ plan }) => planLines(plan, weather)),
    ...(sweep === undefined ? [] : [sweepLine(sweep.plan)]),
    "A response time counts from when the request should have been sent; an error or a cut connection is no answer and " +
      "counts as longer than anything. An activation time counts from the same moment until the device works; every " +
      "accepted activation is in it. p99 is shown from 500 samples on, p99.9 from 5,000; below, the slowest one.",
    "Each entry of the ledger has its own evidence: the answers, the tables' rows, the messages in the queues, the " +
      "vendor's book. What doesn't add up is refused.",
    "Before each run every process is fresh and has been warmed up with requests that count nowhere. While one drains, the " +
      "next chapter's processes start, and those of a day warm up.",
    "The AWS is embedded, on this machine: there is no network and no second data centre in these times. Compare " +
      "chapters, not clouds.",
  ];
}

function planLines(plan: Plan, usual: Weather): string[] {
  const weather = { ...usual, ...plan.weather };
  const phases = plan.phases.map(({ perSecond, seconds }) => `${perSecond} a second for ${seconds} s`);
  const events = plan.events.map(({ atMs, does }) => `at ${atMs / 1_000} s ${inWords(does, plan)}`);
  const delays = plan.duplicateDelaysMs.join(", ");
  const poison =
    plan.poison.length === 0
      ? "Every device can be provisioned."
      : `${counted(plan.poison.length, "device")} can't be provisioned` +
        `${plan.healed.length > 0 ? `, ${plan.healed.length} of them until they are healed` : ""}.`;
  const copies =
    plan.everyNthTwice === 0
      ? "No message is doubled on order."
      : `Every ${plan.everyNthTwice}th message comes twice, the copy after ${delays} ms in turn.`;
  return [
    `${capitalized(plan.name)}: ${plan.customers} customers, ${phases.join(", then ")}. ` +
      `${events.length === 0 ? "Nothing fails" : capitalized(events.join("; "))}. ${poison} ${copies} It ends when nothing can change any more, or ${plan.horizonMs / 1_000} s after its beginning.`,
    `The vendor of ${plan.name}: median ${weather.medianMs} ms, p99 ${weather.p99Ms} ms, ${weather.capacity} calls at ` +
      `once, a line of ${weather.line} behind them; its delays are drawn from the seed and the device, so that every ` +
      "row meets the same.",
  ];
}

function inWords(does: Plan["events"][number]["does"], { healed }: Plan): string {
  switch (does) {
    case "kill-worker":
      return (
        "what does the work is killed (kill -9: the API in 01 and 02, the worker in 03, a function that has the vendor " +
        "on the line from 04 on)"
      );
    case "kill-api":
      return "the API is killed";
    case "outage-begins":
      return "the vendor begins to refuse every call";
    case "outage-ends":
      return "the vendor works again";
    case "heal-and-redrive":
      return healed.length === 0
        ? "what was set aside is brought back"
        : `${counted(healed.length, "device")} can be provisioned again and what was set aside is brought back`;
  }
}

function sweepLine({ phases, drainMs }: SweepPlan): string {
  const rates = phases.map(({ perSecond, seconds }) => `${perSecond} (${seconds} s)`);
  return (
    `The sweep: arrivals at ${rates.join(", ")} a second, one after the other, each watched for ` +
    `${drainMs / 1_000} s more. A rate has no steady state if more came than was done: then every figure depends ` +
    "on how long one looks."
  );
}

/** Whether the figures are reliable, and what was repeated until they were. */
function trustLines(view: ResultsView): string[] {
  const repeated = repeatedSentence(view.repeats);
  const why = view.repeats.flatMap(({ name, discarded }) =>
    discarded.map(({ reasons }, at) => `${name}, try ${at + 1}: ${reasons.join("; ")}.`),
  );
  return [...relianceLines(view), ...(repeated === undefined ? [] : [repeated, ...why])];
}

/** Every doubt about the figures, or why they are reliable. */
function relianceLines({ complete, doubts, trials, sweep, limits }: ResultsView): string[] {
  if (doubts.length > 0 || !complete) {
    return [
      ...(complete ? [] : ["Not everything was measured: the benchmark was stopped, or a part failed."]),
      ...doubts.map(({ reason }) => `Don't trust ${reason}.`),
    ];
  }
  const probes = limits.flatMap((limit) => limit.probes);
  if (probes.length > 0) {
    const doubtful = probes.filter(({ doubt }) => doubt !== undefined).length;
    return [`${counted(probes.length, "probe")}, ${doubtful} of them in doubt, which count for nothing.`];
  }
  const runs = Object.values(trials).flatMap(({ rows }) => rows.flatMap((row) => row.runs));
  const points = sweep?.rows.flatMap((row) => row.points) ?? [];
  const senders = [...runs, ...points].map(({ sender }) => sender);
  const late = spoken(Math.max(0, ...senders.map(({ lateMaxMs }) => lateMaxMs)));
  const p99s = senders.flatMap(({ lateP99Ms }) => lateP99Ms ?? []);
  const mostly = p99s.length > 0 ? `, and in 99 of 100 cases no more than ${spoken(Math.max(...p99s))}` : "";
  const share = Math.round(100 * Math.max(0, ...senders.map(({ cpuShare }) => cpuShare)));
  return [
    `Nothing speaks against these figures. The machine did not sleep and its clock was not set; the sender was late by ${late} ` +
      `at most${mostly}; it used ${share} % of one core at most. Every ledger balances.`,
  ];
}
