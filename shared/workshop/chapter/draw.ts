import type { Target } from "#shared/run/running-chapter.ts";
import { cut, drawKeys, fit, widthOf } from "../terminal/paint.ts";
import type { Key, Paint } from "../terminal/paint.ts";
import type { LiveTicket } from "./customers.ts";
import { drawTickets } from "./draw-tickets.ts";
import type { Figures } from "./figures.ts";
import type { LogEntry } from "./log.ts";

/** What the chapter is, which does not change while it runs. */
export interface LiveChapter {
  name: string;
  apiUrl: string;
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
  /** What the last key did, or why it can't. */
  note: readonly string[];
  /** A page in place of tickets and log, until the next key. */
  page?: readonly string[];
}

/** The same in every chapter: what a key does here and did there is the lesson. */
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

/** The whole screen: exactly as many lines as there are rows, unless there are too few for any picture. */
export function drawScreen(state: LiveState, { columns, rows }: Size, paint: Paint): string[] {
  const head = drawHead(state, columns, paint);
  const note = state.page === undefined ? drawNote(state.note, columns) : ["> The same key goes back."];
  const foot = [...note, ...drawKeys(keys, columns, paint)];
  const room = Math.max(4, rows - head.length - foot.length);
  const middle = state.page ?? drawMiddle(state, { columns, rows: room }, paint);
  return [...head, ...padTo(middle, room), ...foot];
}

/** What stays in the terminal when the screen is gone. */
export function drawLast(state: LiveState, paint: Paint): string[] {
  const columns = 80;
  return [
    ...drawHead(state, columns, paint),
    ...(state.tickets.length === 0 ? [] : [...drawTickets(state, { columns, rows: 11 }, paint), ""]),
    `All that was said is in ${state.chapter.logFile}.`,
  ].map((line) => line.trimEnd());
}

function drawHead(state: LiveState, columns: number, paint: Paint): string[] {
  const { chapter } = state;
  const [name, where] = [paint("bold", chapter.name), `${chapter.apiUrl}  ${chapter.logFile}`];
  const blanks = Math.max(2, columns - widthOf(name) - where.length);
  const [system, below] = drawSystem(state, paint);
  return [
    cut(`${name}${" ".repeat(blanks)}${paint("dim", where)}`, columns),
    "",
    system,
    below,
    drawFigures(state, paint),
    drawTroubles(state, paint),
    "",
  ];
}

/** The system in a line, and below it where messages are set aside. */
function drawSystem({ chapter, figures, ...state }: LiveState, paint: Paint): [string, string] {
  const down = (name: string) => paint("red", `${name} (starts again)`);
  const { queue, vendor, weather } = figures;
  const waiting = queue === undefined ? "?" : `${queue.visible + queue.delayed} +${queue.inFlight} in flight`;
  const leftMs = (state.outageEndsAtMs ?? 0) - state.nowMs;
  const outage = leftMs > 0 ? `(down, ${Math.ceil(leftMs / 1_000)} s)` : "(down)";
  const before = `customer -> ${figures.isApiUp ? "API" : down("API")} -> `;
  const worker = {
    api: [],
    worker: [figures.isWorkerUp ? "worker" : down("worker")],
    function: [`function x${figures.environments ?? "?"}`],
  }[chapter.worksWith];
  const parts = [
    ...(chapter.hasQueue ? [paint("bold", `[queue ${waiting}]`)] : []),
    ...worker,
    weather?.outage === true ? paint("red", `vendor ${outage}`) : `vendor (${vendor?.open ?? "?"} open)`,
  ];
  const setAside = `|-> set aside ${figures.setAside ?? "?"}`;
  return [
    before + parts.join(" -> "),
    chapter.hasDeadLetterQueue
      ? " ".repeat(widthOf(before) + 2) + ((figures.setAside ?? 0) > 0 ? paint("yellow", setAside) : setAside)
      : "",
  ];
}

function drawFigures({ chapter, figures }: LiveState, paint: Paint): string {
  const { queue, setAside, vendor } = figures;
  const shown = (name: string, count: number | undefined) => `${name} ${paint("bold", String(count ?? "?"))}`;
  const twice = shown("twice", vendor?.doubled);
  return [
    ...(chapter.hasQueue
      ? [shown("queue", queue && queue.visible + queue.delayed), shown("in flight", queue?.inFlight)]
      : []),
    ...(chapter.hasDeadLetterQueue ? [shown("set aside", setAside)] : []),
    shown("vendor calls", vendor?.calls),
    (vendor?.doubled ?? 0) > 0 ? paint("red", twice) : twice,
  ].join("   ");
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

/** Tickets above, the log below. They share the rows of a larger terminal 2 to 1. */
function drawMiddle(state: LiveState, { columns, rows }: Size, paint: Paint): string[] {
  const ticketRows = Math.max(3, Math.ceil(((rows - 2) * 2) / 3));
  const logRows = Math.max(0, rows - ticketRows - 2);
  const tickets = drawTickets(state, { columns, rows: ticketRows }, paint);
  const log = state.log.slice(-logRows).map((entry) => drawLogEntry(entry, columns));
  return [
    ...padTo(tickets, ticketRows),
    "",
    ...(logRows > 0 ? [paint("dim", `-- log ${"-".repeat(Math.max(0, columns - 7))}`), ...log] : []),
  ];
}

function drawLogEntry({ process, text, detail, times }: LogEntry, columns: number): string {
  const repeated = times > 1 ? ` (${times} times)` : "";
  const room = columns - 10 - repeated.length;
  // Half a detail is no help.
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
