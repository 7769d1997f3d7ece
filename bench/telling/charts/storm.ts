import type { LedgerEntries, Plan, PlanEvent, Run, Second } from "#shared/results.ts";
import { counted, spoken } from "../../figures/format.ts";
import { ledgerColumns, paidInWords } from "../../figures/ledger-columns.ts";
import type { ResultsView, RowView, TrialView } from "../../figures/view.ts";
import { stormSentence } from "../sentences.ts";
import { legendBox, placesAxis, tickedAxis } from "./drawing/picture.ts";
import { box, line, polygon, quietStyle, text } from "./drawing/marks.ts";
import type { Picture, PlotArea } from "./drawing/picture.ts";
import { font, size, sizes } from "#shared/picture/theme.ts";
import { loadNote } from "../words.ts";

/** A chapter's storm, in a lane below the one before it. */
interface Lane {
  label: string;
  run: Run;
  /** Its upper edge, in lanes. */
  top: number;
}

// The height of the arrivals' lane, as a share of a chapter's.
const arrivalsLane = 0.8;
/** A lane's three bands as shares of it, from top to bottom. */
const bands = { waiting: [0.04, 0.44], response: [0.49, 0.72], vendor: [0.75, 0.97] } as const;
const rowHeight = 28;
const rowsOfWords = 2;

/** The storm over time: the arrivals at the top, and a lane per chapter below. */
export function storm(view: ResultsView, trial: TrialView): Picture {
  const { rows, plan } = trial;
  const seconds = endOf(rows, plan) / 1_000;
  const step = seconds > 30 ? 10 : 5;
  const lanes = rows.map(({ label, run }, at) => ({
    label,
    run: until(run, seconds),
    top: arrivalsLane + at,
  }));
  const all = rows.flatMap(({ run }) => run.seconds);
  const most = {
    arrivals: Math.max(1, ...all.map(({ arrivals }) => arrivals)),
    vendorCalls: Math.max(1, ...all.map(({ vendorCalls }) => vendorCalls)),
    waiting: Math.max(1, ...rows.flatMap(({ run }) => waitingAt(run).map(({ count }) => count))),
  };
  const first = plan.runs > 1 ? " The first storm is shown, and what it cost." : "";
  return {
    name: "storm",
    title: stormSentence(trial),
    description: `By second, a lane for each chapter; heights by the square root.${first} ${rows.map(({ label, run }) => `${label}: ${priceInWords(run.ledger).join(", ")}, ${peakInWords(run)}`).join("; ")}.`,
    note: `${loadNote(view, trial)}${plan.runs > 1 ? "; shown: the first run" : ""}`,
    legend: ({ between, answered, alarm, works }) => [
      { label: "messages that wait (01, 02: open vendor calls)", draw: legendBox(between) },
      { label: "response time (p50)", draw: legendBox(answered) },
      { label: "errors", draw: legendBox(alarm) },
      { label: "vendor calls", draw: legendBox(works) },
    ],
    padding: { left: 216, right: 290, bottom: 0, top: 8 + rowsOfWords * rowHeight },
    scales: (theme) => ({
      x: tickedAxis(theme, {
        type: "linear",
        min: 0,
        max: seconds,
        at: Array.from({ length: Math.ceil(seconds / step) }, (_, at) => at * step),
        label: (second) => `${second} s`,
      }),
      y: placesAxis(rows.length + arrivalsLane, true),
    }),
    spots: lanes.flatMap(({ label, run, top }) =>
      run.seconds.map((second) => ({
        x: second.atSecond + 0.5,
        y: top + 0.5,
        label: secondInWords(label, second, run),
      })),
    ),
    draw: (area) => {
      drawOutage(area, trial);
      drawArrivals(area, lanes[0]?.run, most.arrivals);
      for (const lane of lanes) {
        drawLane(area, lane, most);
        nameLane(area, lane);
      }
      drawEvents(area, plan);
    },
  };
}

/** When the picture ends: with the last row, if that is before the plan's limit. */
function endOf(rows: readonly RowView[], { horizonMs, events }: Plan): number {
  const lasts = [...rows.map(({ run }) => run.drain.endedMs), ...events.map(({ atMs }) => atMs)];
  return Math.min(horizonMs, Math.ceil((Math.max(...lasts) + 1) / 5_000) * 5_000);
}

/** Without what came after the picture's end: a drain may end slightly later than planned. */
const until = (run: Run, seconds: number): Run => ({
  ...run,
  seconds: run.seconds.filter(({ atSecond }) => atSecond < seconds),
  samples: run.samples.filter(({ atMs }) => atMs <= seconds * 1_000),
});

/** The maximum of all lanes, so that heights are comparable. */
type Most = Record<"arrivals" | "vendorCalls" | "waiting", number>;

/**
 * Who waits, how it answers, and how many calls it makes. Drawn by hand: as Chart.js bars and areas, the same lanes took 40 lines
 * more, and an SVG was 14 kB larger, with a path per bar and two clip paths per area.
 */
function drawLane(area: PlotArea, { run, top }: Lane, { waiting, vendorCalls }: Most): void {
  const { context, theme, x, y, left, right } = area;
  line(context, { x: left, y: y(top + 1) }, { x: right, y: y(top + 1) }, theme.grid, 2);
  const [highest, ground] = bands.waiting.map((share) => y(top + share)) as [number, number];
  const samples = waitingAt(run).map(({ atMs, count }) => ({
    x: x(atMs / 1_000),
    y: ground - shareOf(count, waiting) * (ground - highest),
  }));
  const feet = [samples.at(-1), samples[0]].flatMap((sample) => (sample ? [{ x: sample.x, y: ground }] : []));
  polygon(context, [...samples, ...feet], theme.between);
  const [responseTop, responseBottom] = bands.response.map((share) => top + share) as [number, number];
  const [vendorTop, vendorBottom] = bands.vendor.map((share) => top + share) as [number, number];
  const responseHeight = responseBottom - responseTop;
  // So that one error among many is still visible.
  const leastHeight = 4 / (y(1) - y(0));
  for (const second of run.seconds) {
    const answered = responseBottom - shareOfResponse(second.responseP50Ms) * responseHeight;
    const calls = shareOf(second.vendorCalls, vendorCalls) * (vendorBottom - vendorTop);
    drawBar(area, second, [answered, responseBottom], theme.answered);
    if (second.errors > 0) {
      const height = Math.max((second.errors / second.arrivals) * responseHeight, leastHeight);
      drawBar(area, second, [responseTop, responseTop + height], theme.alarm);
    }
    drawBar(area, second, [vendorBottom - calls, vendorBottom], theme.works);
  }
}

/** Over one second, between two heights in lanes. */
function drawBar(
  { context, x, y }: PlotArea,
  { atSecond }: Second,
  [from, to]: readonly [number, number],
  colour: string,
): void {
  if (to > from) {
    const left = x(atSecond) + 1;
    box(context, { x: left, y: y(from), width: x(atSecond + 1) - left - 1, height: y(to) - y(from) }, colour);
  }
}

/** By the square root, so that twenty are still visible if another chapter has a thousand. */
const shareOf = (count: number, most: number) => Math.sqrt(count / Math.max(most, 1));

/** From 3 ms to 3 s, logarithmic. */
const shareOfResponse = (ms: number | null) =>
  ms === null ? 0 : Math.min(Math.max(Math.log10(ms / 3) / 3, 0.2), 1);

/** The waiting messages or, without a queue, the vendor's open calls. */
function waitingAt({ samples }: Run): { atMs: number; count: number }[] {
  const hasQueue = samples.some(({ visible, inFlight, setAside }) => visible + inFlight + setAside > 0);
  return samples.map(({ atMs, visible, inFlight, vendorOpen }) => ({
    atMs,
    count: hasQueue ? visible + inFlight : vendorOpen,
  }));
}

function drawArrivals(area: PlotArea, run: Run | undefined, most: number): void {
  const { context, theme, y, left, right } = area;
  for (const second of run?.seconds ?? []) {
    const top = arrivalsLane * (1 - (0.85 * second.arrivals) / most);
    drawBar(area, second, [top, arrivalsLane], theme.quiet);
  }
  const [middle, bottom] = [y(arrivalsLane / 2), y(arrivalsLane)];
  line(context, { x: left, y: bottom }, { x: right, y: bottom }, theme.quiet, 2);
  text(context, "customers", { x: size.side, y: middle }, { ...quietStyle(theme), weight: 600 });
  text(context, `at most ${most} a second`, { x: right + 18, y: middle }, quietStyle(theme));
}

function nameLane({ context, theme, right, y }: PlotArea, { label, run, top }: Lane): void {
  const [middle, bottom] = [y(top + 0.5), y(top + 1)];
  text(context, label, { x: size.side, y: middle }, { colour: theme.text, weight: 600 });
  const price = priceInWords(run.ledger).slice(0, 2).join(", ");
  const gap = Math.min(bottom - middle - 3, 30);
  const [x, pixels] = [right + 18, sizes.note - 2];
  text(context, price, { x, y: middle - gap / 2 }, { pixels, colour: theme.text, weight: 600 });
  text(context, peakInWords(run), { x, y: middle + gap / 2 }, { pixels, colour: theme.quiet });
}

/** Behind the lanes: the time in which the vendor is down. */
function drawOutage({ context, theme, x, bottom, top }: PlotArea, { outage }: TrialView): void {
  if (outage) {
    const from = x(outage.fromSecond);
    box(context, { x: from, y: top, width: x(outage.toSecond) - from, height: bottom - top }, theme.trouble);
  }
}

const eventWords: Record<PlanEvent["does"], string> = {
  "kill-worker": "kill",
  "kill-api": "kill API",
  "outage-begins": "",
  // The outage's name ends with it, since a kill may follow at once.
  "outage-ends": "vendor down",
  "heal-and-redrive": "redrive",
};

/** Draws through all lanes what happens to every chapter at that moment. Its name is at the top, once. */
function drawEvents({ context, theme, x, top, bottom }: PlotArea, plan: Plan): void {
  // From the last to the first: a name is above that of a later event, whose line would run through it.
  const rowStarts = Array.from({ length: rowsOfWords }, () => Infinity);
  context.font = font(sizes.note, 600);
  for (const { atMs, does } of plan.events.toReversed()) {
    const label = eventWords[does];
    const at = x(atMs / 1_000);
    const isKill = does.startsWith("kill");
    const colour = isKill ? theme.alarm : theme.text;
    const width = context.measureText(label).width;
    const from = does === "outage-ends" ? at - width : at + 8;
    const free = rowStarts.findIndex((start) => start > from + width + 12);
    const row = free === -1 ? rowsOfWords - 1 : free;
    const y = top - 18 - row * rowHeight;
    if (isKill || does === "heal-and-redrive") {
      line(context, { x: at, y: y - 12 }, { x: at, y: bottom }, colour, 3, isKill ? [] : [10, 7]);
    }
    if (label !== "") {
      rowStarts[row] = Math.min(from, at);
      text(context, label, { x: from, y }, { colour, pixels: sizes.note, weight: 600 });
    }
  }
}

const peakOf = (run: Run) => Math.max(0, ...waitingAt(run).map(({ count }) => count));

const peakInWords = (run: Run) =>
  run.samples.some(({ visible, inFlight }) => visible + inFlight > 0)
    ? `at most ${peakOf(run)} wait`
    : `at most ${peakOf(run)} open`;

/** What a row paid, the worst first. */
function priceInWords(ledger: LedgerEntries): string[] {
  const { lost, gaveUp, twice, waiting, errors, setAside } = ledgerColumns;
  const paid = paidInWords(ledger, [lost, gaveUp, twice, waiting, errors, setAside]);
  return paid.length > 0 ? paid : ["all work"];
}

function secondInWords(label: string, second: Second, run: Run): string {
  const { atSecond, arrivals, errors, responseP50Ms, vendorCalls } = second;
  const waiting = waitingAt(run).findLast(({ atMs }) => atMs < (atSecond + 1) * 1_000)?.count ?? 0;
  return [
    `${label}, second ${atSecond}: ${arrivals} came`,
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(responseP50Ms === null ? [] : [`answered p50 ${spoken(responseP50Ms)}`]),
    `${waiting} waiting`,
    counted(vendorCalls, "vendor call"),
  ].join(", ");
}
