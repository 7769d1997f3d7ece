import { fit } from "../terminal/paint.ts";
import type { Paint, Style } from "../terminal/paint.ts";
import type { LiveTicket } from "./customers.ts";

// A ticket that has waited longer is worth a look: the vendor needs about one second at most.
const longMs = 5_000;
const columnWidths = [15, 20, 17] as const;

interface DrawnTickets {
  /** The oldest first. */
  tickets: readonly LiveTicket[];
  nowMs: number;
  chapter: { hasTickets: boolean };
}

/** The last tickets, the latest first, below a line of titles. One line counts those for which there is no room. */
export function drawTickets(
  { tickets, chapter, nowMs }: DrawnTickets,
  { columns, rows }: { columns: number; rows: number },
  paint: Paint,
): string[] {
  const titles = ["customer", "answered after", "device works", "now"];
  if (tickets.length === 0) {
    return [row(titles, columns, (text) => paint("dim", text)), "Nobody has asked yet: press s."];
  }
  const { shown, others } = choose(tickets, rows - 1, nowMs);
  return [
    row(titles, columns, (text) => paint("dim", text)),
    ...shown.map((ticket) => drawTicket(ticket, chapter.hasTickets, nowMs, columns, paint)),
    ...(others.length === 0 ? [] : [fit(`and ${sum(others, nowMs)}`, columns).trimEnd()]),
  ];
}

/** The latest, and below them the oldest that still wait: a stuck ticket stays in sight however many follow. */
function choose(tickets: readonly LiveTicket[], room: number, nowMs: number) {
  if (tickets.length <= room) {
    return { shown: tickets.toReversed(), others: [] };
  }
  const places = room - 1;
  const hidden = tickets.slice(0, tickets.length - places);
  const stuck = hidden
    .filter(({ status, sentAtMs }) => isOpen(status) && nowMs - sentAtMs > longMs)
    .slice(0, Math.floor(places / 3));
  const latest = tickets.slice(tickets.length - places + stuck.length);
  const shown = [...stuck, ...latest].toReversed();
  return { shown, others: tickets.filter((ticket) => !shown.includes(ticket)) };
}

function isOpen(status: string | undefined): boolean {
  return status !== undefined && status !== "active" && status !== "failed";
}

function drawTicket(
  ticket: LiveTicket,
  hasTickets: boolean,
  nowMs: number,
  columns: number,
  paint: Paint,
): string {
  const { answer, sentAtMs, activatedAtMs } = ticket;
  const { text, style } = describe(ticket, hasTickets, nowMs);
  const cells = [
    ticket.isPoison ? `${ticket.customer} poison` : ticket.customer,
    answer === undefined
      ? `waits, ${inWords(nowMs - sentAtMs)}`
      : answer.status === undefined
        ? `none, ${inWords(answer.afterMs)}`
        : `${answer.status}, ${inWords(answer.afterMs)}`,
    activatedAtMs === undefined ? "not yet" : `after ${inWords(activatedAtMs - sentAtMs)}`,
    text,
  ];
  return row(cells, columns, (cell) => (style === undefined ? cell : paint(style, cell)));
}

function describe(
  { answer, status, acceptedAtMs, sentAtMs }: LiveTicket,
  hasTickets: boolean,
  nowMs: number,
): { text: string; style?: Style } {
  if (status === "active") {
    return { text: "active", style: "green" };
  }
  if (status === "failed") {
    return { text: "failed", style: "red" };
  }
  if (status !== undefined) {
    const sinceMs = nowMs - (acceptedAtMs ?? sentAtMs);
    const text = `${status} for ${inWords(sinceMs)}`;
    return sinceMs > longMs ? { text, style: "yellow" } : { text };
  }
  if (answer === undefined) {
    return { text: hasTickets ? "asks" : "stands at the counter" };
  }
  return answer.status === undefined
    ? { text: "got no answer", style: "red" }
    : { text: "was told the error", style: "red" };
}

/** "12 active, 3 accepted for up to 42 s" */
function sum(tickets: readonly LiveTicket[], nowMs: number): string {
  const groups = new Map<string, LiveTicket[]>();
  for (const ticket of tickets) {
    const name = ticket.status ?? (ticket.answer === undefined ? "waiting for an answer" : "told an error");
    groups.set(name, [...(groups.get(name) ?? []), ticket]);
  }
  return [...groups]
    .map(([name, group]) => {
      const oldestMs = Math.min(...group.map(({ acceptedAtMs, sentAtMs }) => acceptedAtMs ?? sentAtMs));
      const forHowLong = isOpen(group[0]?.status) ? ` for up to ${inWords(nowMs - oldestMs)}` : "";
      return `${group.length} ${name}${forHowLong}`;
    })
    .join(", ");
}

/** The last cell takes the remaining columns, and the colour. */
function row(cells: readonly string[], columns: number, last: (text: string) => string): string {
  const [first, ...rest] = columnWidths.map((width, index) => fit(cells[index] ?? "", width));
  const used = columnWidths.reduce((total, width) => total + width, 0);
  return [first, ...rest, last(fit(cells[columnWidths.length] ?? "", columns - used).trimEnd())].join("");
}

/** "421 ms", "1.2 s", "42 s", "3 min 20 s" */
export function inWords(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs));
  if (ms < 1_000) {
    return `${ms} ms`;
  }
  const seconds = Math.floor(ms / 1_000);
  return ms < 10_000
    ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
    : seconds < 60
      ? `${seconds} s`
      : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
