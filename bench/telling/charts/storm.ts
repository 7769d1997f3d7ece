import type { LedgerEntries, Plan, Run, Second } from "#shared/results.ts";
import { counted, spoken } from "../../figures/format.ts";
import { ledgerColumns, paidInWords } from "../../figures/ledger-columns.ts";
import type { ResultsView, RowView, TrialView } from "../../figures/view.ts";
import { stormSentence } from "../sentences.ts";
import { placesAxis } from "./drawing/axes.ts";
import { line, text } from "./drawing/marks.ts";
import type { Context, Point } from "./drawing/marks.ts";
import { loadNote } from "./notes.ts";
import type { Picture, Place } from "./drawing/picture.ts";
import { drawEvents, drawOutage, rowHeight, rowsOfWords } from "./storm-events.ts";
import { drawLane, waitingAt } from "./storm-lane.ts";
import { size, sizes } from "./drawing/theme.ts";

// The lane of the arrivals, as a share of a chapter's.
const arrivalsLane = 0.8;

/** The storm over time: what comes at the top, and below it a lane for each chapter. */
export function storm(view: ResultsView, trial: TrialView): Picture {
  const { rows, plan } = trial;
  const endMs = endOf(rows, plan);
  const seconds = endMs / 1_000;
  const all = rows.flatMap(({ run }) => run.seconds);
  const scale = {
    waiting: Math.max(1, ...rows.flatMap(({ run }) => waitingAt(run).map(({ count }) => count))),
    vendorCalls: Math.max(1, ...all.map(({ vendorCalls }) => vendorCalls)),
  };
  const mostArrivals = Math.max(1, ...all.map(({ arrivals }) => arrivals));
  const first = plan.runs > 1 ? " The first storm is shown, and what it cost." : "";
  return {
    name: "storm",
    title: stormSentence(trial),
    description: `By second, a lane for each chapter; heights by the square root.${first} ${rows.map(({ label, run }) => `${label}: ${priceInWords(run.ledger).join(", ")}, ${peakInWords(run)}`).join("; ")}.`,
    note: `${loadNote(view, trial)}${plan.runs > 1 ? "; shown: the first run" : ""}`,
    legend: ({ between, answered, alarm, works }) => [
      {
        label: "messages that wait (01, 02: open vendor calls)",
        draw: (context, at) => block(context, at, between),
      },
      { label: "response time (p50)", draw: (context, at) => block(context, at, answered) },
      { label: "errors", draw: (context, at) => block(context, at, alarm) },
      { label: "vendor calls", draw: (context, at) => block(context, at, works) },
    ],
    padding: { left: 216, right: 290, bottom: 52, top: 8 + rowsOfWords * rowHeight },
    scales: () => ({
      x: { type: "linear", min: 0, max: seconds, display: false },
      y: placesAxis(rows.length + arrivalsLane, true),
    }),
    points: rows.flatMap(({ label, run }, at) =>
      within(run, endMs).seconds.map((second) => ({
        x: second.atSecond + 0.5,
        y: arrivalsLane + at + 0.5,
        label: secondInWords(label, second, run),
      })),
    ),
    draw: (place) => {
      drawOutage(place, trial);
      timeAxis(place, seconds);
      drawArrivals(place, rows[0]?.run, mostArrivals);
      for (const [at, { label, run: whole }] of rows.entries()) {
        const run = within(whole, endMs);
        const lane = { ...place, top: place.y(arrivalsLane + at), bottom: place.y(arrivalsLane + at + 1) };
        drawLane(lane, run, scale);
        nameLane(lane, label, run);
      }
      drawEvents(place, plan);
    },
  };
}

/** When the picture ends: with the last row, if that is before the plan's limit. */
function endOf(rows: readonly RowView[], { horizonMs, events }: Plan): number {
  const lasts = [...rows.map(({ run }) => run.drain.endedMs), ...events.map(({ atMs }) => atMs)];
  return Math.min(horizonMs, Math.ceil((Math.max(...lasts) + 1) / 5_000) * 5_000);
}

/** A drain may end a little later than planned: what came then is outside of the picture. */
const within = (run: Run, endMs: number): Run => ({
  ...run,
  seconds: run.seconds.filter(({ atSecond }) => atSecond < endMs / 1_000),
  samples: run.samples.filter(({ atMs }) => atMs <= endMs),
});

function block(context: Context, { x, y }: Point, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(x - 14, y - 12, 36, 24);
}

function timeAxis({ context, theme, x, top, bottom }: Place, seconds: number): void {
  for (let second = 0; second < seconds; second += seconds > 30 ? 10 : 5) {
    line(context, { x: x(second), y: top }, { x: x(second), y: bottom }, theme.grid, 2);
    const style = { colour: theme.quiet, pixels: sizes.note, align: "center" } as const;
    text(context, `${second} s`, { x: x(second), y: bottom + 28 }, style);
  }
}

function drawArrivals(
  { context, theme, x, y, left, right, top }: Place,
  run: Run | undefined,
  most: number,
): void {
  const bottom = y(arrivalsLane);
  const height = 0.85 * (bottom - top);
  context.fillStyle = theme.quiet;
  for (const { atSecond, arrivals } of run?.seconds ?? []) {
    const tall = (height * arrivals) / most;
    context.fillRect(x(atSecond) + 1, bottom - tall, x(atSecond + 1) - x(atSecond) - 2, tall);
  }
  line(context, { x: left, y: bottom }, { x: right, y: bottom }, theme.quiet, 2);
  const middle = (top + bottom) / 2;
  text(
    context,
    "customers",
    { x: size.side, y: middle },
    { colour: theme.quiet, weight: 600, pixels: sizes.note },
  );
  text(
    context,
    `at most ${most} a second`,
    { x: right + 18, y: middle },
    { colour: theme.quiet, pixels: sizes.note },
  );
}

function nameLane({ context, theme, right, top, bottom }: Place, label: string, run: Run): void {
  const middle = (top + bottom) / 2;
  text(context, label, { x: size.side, y: middle }, { colour: theme.text, weight: 600 });
  const price = priceInWords(run.ledger).slice(0, 2).join(", ");
  const gap = Math.min((bottom - top) / 2 - 3, 30);
  const style = { pixels: sizes.note - 2 };
  text(context, price, { x: right + 18, y: middle - gap / 2 }, { ...style, colour: theme.text, weight: 600 });
  text(context, peakInWords(run), { x: right + 18, y: middle + gap / 2 }, { ...style, colour: theme.quiet });
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
