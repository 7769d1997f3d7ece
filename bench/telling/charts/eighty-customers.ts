import type { CustomerDay, Run } from "#shared/results.ts";
import { capitalized, counted, spoken } from "../../figures/format.ts";
import { ledgerColumns, paidInWords } from "../../figures/ledger-columns.ts";
import type { ResultsView, RowView, TrialView } from "../../figures/view.ts";
import { legendLine, placesAxis } from "./drawing/picture.ts";
import { cross, dot, line, quietStyle, text, ticks } from "./drawing/marks.ts";
import { loadNote } from "../words.ts";
import type { Picture, PlotArea } from "./drawing/picture.ts";
import { sizes } from "#shared/picture/theme.ts";

const panelCount = 3;
// The space between two panels, as a share of a panel.
const gap = 0.09;

/** Every customer's day as one thin line, for the chapters that differ most. */
export function eightyCustomers(view: ResultsView, day: TrialView): Picture {
  const { plan } = day;
  const panels = storyRows(day.rows);
  const seconds = endSeconds(panels.map(({ run }) => run));
  return {
    name: "eighty-customers",
    title: titleOf(day, panels),
    description: `A line for each customer, by second. ${panels.map(({ label, run }) => `${label}: ${inWords(run)}`).join("; ")}.`,
    note: `${loadNote(view, day)}${plan.runs > 1 ? "; shown: the first run" : ""}`,
    legend: (theme) => [
      { label: "waits for an answer", draw: legendLine(theme.answered, 6) },
      { label: "waits for the device", draw: legendLine(theme.between, 6) },
      { label: "works", draw: (context, at) => dot(context, at, theme.works, 7) },
      { label: "provisioned twice", draw: (context, at) => ticks(context, at, theme.text, 16) },
      { label: "got an error", draw: (context, at) => dot(context, at, theme.alarm, 7) },
      { label: "lost", draw: (context, at) => cross(context, at, theme.alarm, 9) },
    ],
    padding: { left: 60, right: 60, bottom: 64, top: 56 },
    scales: () => ({
      x: placesAxis(panels.length + (panels.length - 1) * gap),
      y: placesAxis(plan.customers, true),
    }),
    spots: panels.flatMap(({ label, run }, at) =>
      run.customers.map((customer, row) => ({
        x: at * (1 + gap) + Math.min(customer.startMs / 1_000 / seconds, 1),
        y: row + 0.5,
        label: customerInWords(label, customer),
      })),
    ),
    // Drawn by hand: as datasets, the same lanes took 45 lines more.
    draw: (area) => {
      for (const [at, { label, run }] of panels.entries()) {
        const [left, right] = [area.x(at * (1 + gap)), area.x(at * (1 + gap) + 1)];
        const x = (ms: number) => left + (Math.min(ms / 1_000 / seconds, 1) || 0) * (right - left);
        drawPanel({ ...area, left, right, x }, run, { label, seconds });
      }
    },
  };
}

/** 01, 02 and 07 tell the story. Of other rows, the first, the second and the last. */
export function storyRows(rows: readonly RowView[]): readonly RowView[] {
  const story = rows.filter(({ id }) => ["01", "02", "07"].includes(id));
  if (story.length === panelCount || rows.length <= panelCount) {
    return rows.length <= panelCount ? rows : story;
  }
  return [...rows.slice(0, panelCount - 1), ...rows.slice(-1)];
}

const fates: Record<CustomerDay["fate"], string> = {
  activated: "works",
  gaveUp: "given up",
  waiting: "still waits",
  deadLettered: "set aside",
  lost: "lost",
  refused: "got an error",
};

function customerInWords(
  label: string,
  { customerId, startMs, answeredMs, activeMs, fate }: CustomerDay,
): string {
  return [
    `${label}, ${customerId}`,
    ...(answeredMs === null || fate === "refused" ? [] : [`answered after ${spoken(answeredMs - startMs)}`]),
    activeMs === null ? fates[fate] : `works after ${spoken(Math.max(activeMs - startMs, 0))}`,
  ].join(", ");
}

function endSeconds(runs: readonly Run[]): number {
  const lastMs = Math.max(
    1_000,
    ...runs.flatMap(({ customers }) => customers.map((each) => each.activeMs ?? 0)),
  );
  return Math.ceil(lastMs / 2_000) * 2;
}

function drawPanel(area: PlotArea, run: Run, { label, seconds }: { label: string; seconds: number }): void {
  const { context, theme, left, top, bottom, x, y } = area;
  // Not at the right edge, where the next panel begins with its own zero.
  for (let second = 0; second < seconds; second += 4) {
    const at = x(second * 1_000);
    line(context, { x: at, y: top }, { x: at, y: bottom }, theme.grid, 2);
    text(context, `${second} s`, { x: at, y: bottom + 30 }, quietStyle(theme, "center"));
  }
  const named = text(context, label, { x: left, y: top - 24 }, { colour: theme.text, weight: 700 });
  text(context, inWords(run), { x: left + named + 18, y: top - 23 }, quietStyle(theme));
  for (const { atMs, target } of run.kills) {
    const at = x(atMs);
    line(context, { x: at, y: top }, { x: at, y: bottom }, theme.alarm, 3);
    const style = { colour: theme.alarm, pixels: sizes.note, weight: 600 } as const;
    text(context, `kill ${target}`, { x: at + 12, y: top + 16 }, style);
  }
  for (const [at, customer] of run.customers.entries()) {
    drawCustomer(area, customer, { y: y(at + 0.5), killMs: run.kills[0]?.atMs ?? 0 });
  }
}

function drawCustomer(
  { context, theme, x, right }: PlotArea,
  { startMs, answeredMs, activeMs, fate, provisionedCount }: CustomerDay,
  { y, killMs }: { y: number; killMs: number },
): void {
  const startX = x(startMs);
  const cutX = x(Math.max(startMs, killMs));
  const answeredX = answeredMs === null ? cutX : x(answeredMs);
  const lostX = Math.max(cutX, answeredX);
  const workX = activeMs === null ? undefined : x(activeMs);
  if (fate !== "refused") {
    const endX = fate === "lost" ? lostX : (workX ?? right);
    // No one works on these any more: the customer waits in vain.
    const inVain = fate === "deadLettered" || fate === "gaveUp";
    line(context, { x: answeredX, y }, { x: endX, y }, theme.between, 4, inVain ? [4, 6] : []);
  }
  // A line has a minimum width, so that an immediate answer is visible too.
  line(context, { x: startX, y }, { x: Math.max(answeredX, startX + 4), y }, theme.answered, 4);
  if (fate === "refused") {
    dot(context, { x: answeredX + 4, y }, theme.alarm, 5);
  }
  if (fate === "lost") {
    cross(context, { x: lostX, y }, theme.alarm);
  }
  if (workX !== undefined) {
    dot(context, { x: workX, y }, theme.works, 4);
  }
  if (provisionedCount > 1) {
    ticks(context, { x: (workX ?? lostX) + 14, y }, theme.text, 9);
  }
}

/** "5 lost, 3 errors", or that nothing was. */
function inWords({ ledger, customers }: Run): string {
  const { errors, lost, twice, waiting, gaveUp, setAside } = ledgerColumns;
  const paid = paidInWords(ledger, [errors, lost, twice, waiting, gaveUp, setAside]);
  return paid.join(", ") || `all ${customers.length} work`;
}

function titleOf({ killsAtSeconds }: TrialView, panels: readonly RowView[]): string {
  // No line breaks between a chapter and what it does.
  const each = panels.map(({ id, run }) => {
    const { lost, failed, unanswered, activated, sent } = run.ledger;
    const poisoned = run.customers.filter(({ poison }) => poison).length;
    if (lost > 0) {
      return `${id}\u00A0forgets ${lost}`;
    }
    if (failed + unanswered > 0) {
      return `${id}\u00A0fails ${counted(failed + unanswered, "customer")}`;
    }
    const all = activated >= sent - poisoned;
    return all
      ? `${id}\u00A0finishes all${poisoned > 0 ? " that can be" : ""}`
      : `${id}\u00A0finishes ${activated} of ${sent}`;
  });
  const [killed] = killsAtSeconds;
  const how = killed === undefined ? "nothing is killed" : `killed at ${killed} s`;
  return capitalized(`${how}: ${each.join(", ")}.`);
}
