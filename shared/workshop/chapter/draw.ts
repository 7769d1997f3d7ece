import type { Target } from "#shared/run/running-chapter.ts";
import { cut, drawKeys, fit, widthOf } from "../terminal/paint.ts";
import type { Key, Paint, Style } from "../terminal/paint.ts";
import type { LiveTicket } from "./customers.ts";
import type { Delivery, Figures } from "./figures.ts";
import type { LogEntry } from "./log.ts";

/** What a chapter is. It doesn't change while the chapter runs. */
export interface LiveChapter {
  name: string;
  apiUrl: string;
  /** Where the same can be seen as moving dots, and worked by buttons. */
  pageUrl?: string;
  logFile: string;
  worksWith: Target;
  hasTickets: boolean;
  hasQueue: boolean;
  hasDeadLetterQueue: boolean;
}

/** Everything that the screen shows at one moment. */
export interface LiveState {
  chapter: LiveChapter;
  nowMs: number;
  figures: Figures;
  /** When the ordered outage ends. */
  outageEndsAtMs?: number;
  /** Every n-th message is delivered twice; 0: none. */
  everyNthTwice: number;
  /** The oldest first. */
  tickets: readonly LiveTicket[];
  log: readonly LogEntry[];
  /** What the last key did, or why it couldn't. */
  note: readonly string[];
  /** A page that replaces tickets and log until the next key. */
  page?: readonly string[];
}

/** The same in every chapter: the lesson is how differently the same key ends. */
const keys: readonly Key[] = [
  { key: "s", does: "send" },
  { key: "b", does: "burst" },
  { key: "p", does: "poison" },
  { key: "o", does: "outage" },
  { key: "d", does: "twice" },
  { key: "k", does: "kill" },
  { key: "h", does: "heal" },
  { key: "c", does: "curl" },
  { key: "w", does: "words" },
  { key: "q", does: "quit" },
];

interface Size {
  columns: number;
  rows: number;
}

const noteRows = 3;

/** The whole screen, with exactly as many lines as there are rows, unless they are too few for any picture. */
export function drawScreen(state: LiveState, { columns, rows }: Size, paint: Paint): string[] {
  const head = drawHead(state, columns, paint);
  const note = state.page === undefined ? drawNote(state.note, columns) : ["> The same key goes back."];
  const foot = [...note, ...drawKeys(keys, columns, paint)];
  const room = Math.max(4, rows - head.length - foot.length);
  const middle = state.page ?? drawMiddle(state, { columns, rows: room }, paint);
  return [...head, ...padTo(middle, room), ...foot];
}

/** What stays in the terminal when the screen closes. */
export function drawLast(state: LiveState, paint: Paint): string[] {
  const columns = 80;
  // The page is gone with the screen.
  const { pageUrl: _gone, ...chapter } = state.chapter;
  return [
    ...drawHead({ ...state, chapter }, columns, paint),
    ...(state.tickets.length === 0 ? [] : [...drawTickets(state, { columns, rows: 11 }, paint), ""]),
    `All that was said is in ${state.chapter.logFile}.`,
  ].map((line) => line.trimEnd());
}

function drawHead(state: LiveState, columns: number, paint: Paint): string[] {
  const { chapter } = state;
  const [name, where] = [paint("bold", chapter.name), `${chapter.apiUrl}  ${chapter.logFile}`];
  const blanks = Math.max(2, columns - widthOf(name) - where.length);
  return [
    cut(`${name}${" ".repeat(blanks)}${paint("dim", where)}`, columns),
    drawPage(chapter, columns, paint),
    drawSystem(state, paint),
    "",
    drawFigures(state, paint),
    drawTroubles(state, paint),
    "",
  ];
}

/** Where the page is, below the other addresses. */
function drawPage({ pageUrl }: LiveChapter, columns: number, paint: Paint): string {
  return pageUrl === undefined ? "" : cut(paint("dim", `as a page: ${pageUrl}`.padStart(columns)), columns);
}

/** The system in a line: which processes run, and which are down. */
function drawSystem({ chapter, figures, ...state }: LiveState, paint: Paint): string {
  const down = (name: string) => paint("red", `${name} (starts again)`);
  const { vendor, weather } = figures;
  const leftMs = (state.outageEndsAtMs ?? 0) - state.nowMs;
  const outage = leftMs > 0 ? `(down, ${Math.ceil(leftMs / 1_000)} s)` : "(down)";
  const before = `customer -> ${figures.isApiUp ? "API" : down("API")} -> `;
  const worker = {
    api: [],
    worker: [figures.isWorkerUp ? "worker" : down("worker")],
    function: [`function x${figures.environments ?? "?"}`],
  }[chapter.worksWith];
  const parts = [
    ...(chapter.hasQueue ? [paint("bold", "[queue]")] : []),
    ...worker,
    weather?.outage === true ? paint("red", `vendor ${outage}`) : `vendor (${vendor?.open ?? "?"} open)`,
  ];
  return before + parts.join(" -> ");
}

function drawFigures({ chapter, figures }: LiveState, paint: Paint): string {
  const { queue, setAside, vendor } = figures;
  const inFlight: Shown[] =
    queue?.hidden === undefined
      ? [["in flight", queue?.inFlight]]
      : [
          ["in work", Math.max(0, queue.inFlight - queue.hidden)],
          ["hidden", queue.hidden, "yellow"],
        ];
  const all: Shown[] = [
    ...(chapter.hasQueue
      ? ([["queue", queue && queue.visible + queue.delayed], ...inFlight] as Shown[])
      : []),
    ...(chapter.hasDeadLetterQueue ? ([["set aside", setAside, "yellow"]] as Shown[]) : []),
    ["vendor calls", vendor?.calls],
    ["twice", vendor?.doubled, "red"],
  ];
  return all.map((each) => drawFigure(each, paint)).join("   ");
}

/** A figure with its name, and its colour if it isn't 0. */
type Shown = [name: string, count: number | undefined, style?: Style];

function drawFigure([name, count, style]: Shown, paint: Paint): string {
  const text = `${name} ${paint("bold", String(count ?? "?"))}`;
  return style !== undefined && (count ?? 0) > 0 ? paint(style, text) : text;
}

function drawTroubles({ figures, everyNthTwice }: LiveState, paint: Paint): string {
  const troubles = troublesOf(figures, everyNthTwice);
  return troubles.length === 0 ? "" : paint("yellow", `now: ${troubles.join(", ")}`);
}

function troublesOf({ weather, vendor }: Figures, everyNthTwice: number): string[] {
  const poisoned = weather?.poisoned ?? 0;
  const inLine = vendor?.inLine ?? 0;
  return [
    ...(weather?.outage === true ? ["the vendor is down"] : []),
    ...(inLine > 0 ? [`${inLine} calls stand in line at the vendor`] : []),
    ...(poisoned > 0 ? [`${poisoned} poison device${poisoned === 1 ? "" : "s"}`] : []),
    ...(everyNthTwice === 1 ? ["every message comes twice"] : []),
    ...(everyNthTwice > 1 ? [`1 message of ${everyNthTwice} comes twice`] : []),
  ];
}

/** Tickets above, the log below. In a larger terminal they share the rows 2 to 1. */
function drawMiddle(state: LiveState, { columns, rows }: Size, paint: Paint): string[] {
  const ticketRows = Math.max(3, Math.ceil(((rows - 2) * 2) / 3));
  const logRows = Math.max(0, rows - ticketRows - 2);
  const tickets = drawTickets(state, { columns, rows: ticketRows }, paint);
  // A key opens a page with the addresses, so leave them out here.
  const said = state.log.filter(({ text }) => !/\blistens\b/.test(text));
  const log = said.slice(-logRows).map((entry) => drawLogEntry(entry, columns));
  return [
    ...padTo(tickets, ticketRows),
    "",
    ...(logRows > 0 ? [paint("dim", `-- log ${"-".repeat(Math.max(0, columns - 7))}`), ...log] : []),
  ];
}

function drawLogEntry({ process, text, detail, times }: LogEntry, columns: number): string {
  const repeated = times > 1 ? ` (${times} times)` : "";
  const room = columns - 10 - repeated.length;
  // Half a detail doesn't help.
  const whole = detail !== "" && text.length + detail.length + 3 <= room ? `${text} (${detail})` : text;
  return `${fit(process, 9)} ${cut(whole, room)}${repeated}`;
}

function drawNote(note: readonly string[], columns: number): string[] {
  return padTo(
    note.slice(0, noteRows).map((line) => cut(`> ${line}`, columns)),
    noteRows,
  );
}

function padTo(lines: readonly string[], rows: number): string[] {
  return Array.from({ length: rows }, (_, row) => lines[row] ?? "");
}

// A ticket that has waited longer is worth a look: the vendor needs about one second at most.
const longMs = 5_000;
const columnWidths = [15, 20, 17] as const;

interface DrawnTickets {
  /** The oldest first. */
  tickets: readonly LiveTicket[];
  nowMs: number;
  chapter: { hasTickets: boolean };
  figures?: Pick<Figures, "deliveries">;
}

/**
 * First the tickets that have waited long, the longest first, then the others, the latest first, below a line of titles. One line
 * counts those for which there is no room.
 */
export function drawTickets(
  { tickets, chapter, nowMs, figures }: DrawnTickets,
  { columns, rows }: Size,
  paint: Paint,
): string[] {
  const titles = ["customer", "answered after", "device works", "now"];
  if (tickets.length === 0) {
    return [row(titles, columns, (text) => paint("dim", text)), "No customer has asked yet: press s."];
  }
  const { shown, others } = choose(tickets, rows - 1, nowMs);
  return [
    row(titles, columns, (text) => paint("dim", text)),
    ...shown.map((ticket) => {
      const delivery = figures?.deliveries?.get(ticket.eventId ?? "");
      return drawTicket(ticket, describe(ticket, delivery, chapter.hasTickets, nowMs), nowMs, columns, paint);
    }),
    ...(others.length === 0 ? [] : [fit(`and ${sum(others, nowMs)}`, columns).trimEnd()]),
  ];
}

/** The oldest that still wait, then the latest, so that a stuck ticket stays visible however many follow. */
function choose(tickets: readonly LiveTicket[], room: number, nowMs: number) {
  const isWhole = tickets.length <= room;
  const places = isWhole ? room : room - 1;
  const stuck = tickets
    .filter(({ status, sentAtMs }) => isOpen(status) && nowMs - sentAtMs > longMs)
    .slice(0, isWhole ? places : Math.floor(places / 3));
  const rest = tickets.filter((ticket) => !stuck.includes(ticket)).toReversed();
  const shown = [...stuck, ...rest.slice(0, places - stuck.length)];
  return { shown, others: tickets.filter((ticket) => !shown.includes(ticket)) };
}

function isOpen(status: string | undefined): boolean {
  return status !== undefined && status !== "active" && status !== "failed";
}

function drawTicket(
  ticket: LiveTicket,
  { text, style }: { text: string; style?: Style },
  nowMs: number,
  columns: number,
  paint: Paint,
): string {
  const { answer, sentAtMs, activatedAtMs } = ticket;
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
  delivery: Delivery | undefined,
  hasTickets: boolean,
  nowMs: number,
): { text: string; style?: Style } {
  const tries = delivery && triesOf(delivery, nowMs);
  if (status === "active") {
    return { text: "active", style: "green" };
  }
  if (status === "failed") {
    return { text: "failed", style: "red" };
  }
  if (status !== undefined && tries !== undefined) {
    return { text: tries, style: "yellow" };
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

/** The retries of a message: "try 2 of 5, back in 1.3 s". */
function triesOf({ state, tries, mostTries, comesBackAtMs }: Delivery, nowMs: number): string | undefined {
  const which =
    mostTries === undefined ? `try ${tries}` : `try ${Math.min(tries, mostTries)} of ${mostTries}`;
  switch (state) {
    case "hidden":
      return `${which}, back in ${inWords((comesBackAtMs ?? nowMs) - nowMs)}`;
    case "in work":
      return tries > 1 ? `${which}, in work` : undefined;
    case "set aside":
      return "set aside";
    case "waiting":
      return tries > 0 ? `${which} was in vain, it waits` : undefined;
  }
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

/** The last cell gets the remaining columns, and the colour. */
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
