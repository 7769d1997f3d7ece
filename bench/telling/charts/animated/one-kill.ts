import { escaped } from "#shared/html.ts";
import type { ReadTrace } from "#shared/tracing/activations.ts";
import { counted, listed } from "#shared/words.ts";
import type { Theme } from "#shared/picture/theme.ts";
import { boxes, boxHeight, boxTop, laneTops, size, trays, trayTop, walk } from "./floor.ts";
import type { Move, Point, Walked } from "./floor.ts";
import { journeysOf } from "./journeys.ts";
import type { Journeys, Station } from "./journeys.ts";

/** How long the last image stays before it starts again. */
const holdMs = 3_000;
const fonts = "Inter,'Helvetica Neue',Helvetica,Arial,sans-serif";

interface Lane extends Journeys {
  top: number;
  label: string;
  walked: Walked[];
  killedColumn: number;
}

/** Its words, as a title and as a description. */
export interface OneKill {
  title: string;
  description: string;
  svg: (theme: Theme) => string;
}

/**
 * Two chapters meet the same `kill -9`, as an animated SVG: each dot is an activation of a real run. Everything moves by one SMIL
 * clock, and stands still for readers who want less motion. Undefined if one of the chapters was not killed.
 */
export function oneKill(reads: readonly [ReadTrace, ReadTrace]): OneKill | undefined {
  const lanes = reads.map((read, at): Lane => {
    const journeys = journeysOf(read);
    const top = laneTops[at] ?? 0;
    return { ...journeys, top, label: read.trace.header.chapter.replace("-", " "), ...walk(journeys, top) };
  });
  const [first] = lanes;
  if (first?.kill === undefined || lanes.some(({ kill }) => kill === undefined)) {
    return undefined;
  }
  const lost = lanes.map((lane) => `${lane.label.slice(0, 2)} forgets ${countOf(lane, "lost") || "none"}`);
  const title = `kill -9 at ${Math.round(first.kill.atMs / 1_000)} s: ${lost.join(", ")}`;
  const description = lanes.map((lane) => `${lane.label}: ${endText(lane)}`).join("; ");
  return { title, description: `${description}.`, svg: (theme) => draw(lanes, title, description, theme) };
}

const countOf = ({ walked }: Lane, ...names: Station["name"][]): number =>
  walked.filter(({ moves }) => names.includes(moves.at(-1)?.station ?? "error")).length;

function endText(lane: Lane): string {
  const parts = [
    counted(countOf(lane, "works"), "device") + " work",
    ...(
      [
        ["lost", "lost"],
        ["gaveUp", "given up"],
        ["aside", "set aside"],
        ["error", "without an answer"],
      ] as const
    ).flatMap(([name, words]) => {
      const count = countOf(lane, name);
      return count === 0 ? [] : [`${count} ${words}`];
    }),
  ];
  return listed(parts);
}

function draw(lanes: readonly Lane[], title: string, description: string, theme: Theme): string {
  const endMs = Math.max(...lanes.map(({ endMs: laneEndMs }) => laneEndMs)) + 600;
  const customers = lanes[0]?.journeys.length ?? 0;
  const seconds = Math.ceil(
    Math.max(...lanes.flatMap(({ journeys }) => journeys.map(({ askedMs }) => askedMs))) / 1_000,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="${fonts}" role="img">`,
    `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>`,
    style(theme),
    `<rect width="${size.width}" height="${size.height}" fill="${theme.background}"/>`,
    // The clock: everything else starts at an offset from it, and it restarts when it has ended.
    `<rect width="0" height="0"><set id="L" attributeName="x" to="0" begin="0s;L.end" dur="${time(endMs + holdMs)}s"/></rect>`,
    label({ x: 24, y: 38 }, title, "h"),
    label(
      { x: 24, y: 60 },
      `The same ${customers} customers in ${seconds} s, replayed from a real run: each dot is one activation.`,
      "q",
    ),
    ...lanes.map((lane) => laneText(lane, theme)),
    legend(lanes),
    `<g class="m" visibility="hidden">${lanes.map((lane) => moving(lane, endMs)).join("\n")}</g>`,
    `<g class="s">${lanes.map(still).join("\n")}</g>`,
    "</svg>\n",
  ].join("\n");
}

const style = ({ text, quiet, alarm, grid, background, answered, works }: Theme): string =>
  `<style>text{font-size:14px;fill:${text}}.h{font-size:22px;font-weight:700}.n{font-size:17px;font-weight:700}` +
  `.b{font-weight:600}.q{fill:${quiet}}.k{font-weight:700;fill:${alarm}}.e{text-anchor:end}` +
  `.g{fill:${background};stroke:${grid};stroke-width:2}.r{fill:none;stroke:${alarm};stroke-width:3}.s{display:none}.d{fill:${answered}}.w{fill:${works}}` +
  `.x{fill:none;stroke:${alarm};stroke-width:3}.o{fill:none;stroke:${quiet};stroke-width:2}` +
  // Readers who want less motion see the end.
  `@media(prefers-reduced-motion:reduce){.m{display:none}.s{display:inline}}</style>`;

type Symbol = "way" | "works" | "twice" | "lost" | "aside";

/** A mark centred on a point. No `<use>`, which takes a browser without a graphics card a fifth longer. */
function mark(symbol: Symbol, { x, y }: Point, inside = ""): string {
  const square = `M${x - 5} ${y - 5}h10v10h-10z`;
  const shapes: Record<Symbol, string> = {
    way: `circle class="d" cx="${x}" cy="${y}" r="5"`,
    works: `path class="w" d="${square}"`,
    // Two bars are cut out.
    twice: `path class="w" fill-rule="evenodd" d="${square}M${x - 3} ${y - 3}h2v6h-2zM${x + 1} ${y - 3}h2v6h-2z"`,
    lost: `path class="x" d="M${x - 4} ${y - 4}l8 8m0-8l-8 8"`,
    aside: `circle class="o" cx="${x}" cy="${y}" r="4"`,
  };
  const [name] = shapes[symbol].split(" ");
  return inside === "" ? `<${shapes[symbol]}/>` : `<${shapes[symbol]}>${inside}</${name}>`;
}

const label = ({ x, y }: Point, words: string, kind: string, inside = ""): string =>
  `<text x="${x}" y="${y}" class="${kind}">${escaped(words)}${inside}</text>`;

const time = (ms: number): string => String(Math.round(ms / 10) / 100);
const from = (ms: number): string => `begin="L.begin+${time(ms)}s"`;
/** Visible between two moments of every round. */
const shown = (fromMs: number, toMs?: number): string =>
  `<set attributeName="visibility" to="visible" ${from(fromMs)} end="${toMs === undefined ? "L.end" : `L.begin+${time(toMs)}s`}"/>`;

const hasQueue = ({ walked, chapter }: Lane): boolean =>
  !chapter.startsWith("02") &&
  walked.some(({ moves }) => moves.some(({ station }) => station === "function" || station === "queue"));

/** The fixed parts of a lane: its name, its stations, and the texts below them. */
function laneText(lane: Lane, { grid }: Theme): string {
  const { top, label: name } = lane;
  const sub = hasQueue(lane)
    ? "answers when the queue has the work; a lease says who is at work"
    : "answers at once, and works on in the memory of the API";
  const line = top + boxTop + boxHeight / 2;
  const names = { api: "API", queue: "queue", function: "function" };
  const stations = hasQueue(lane) ? (["api", "queue", "function"] as const) : (["api"] as const);
  return [
    label({ x: 24, y: top }, name, "n"),
    label({ x: 130, y: top }, sub, "q"),
    `<path d="M64 ${line}H${boxes.works.x - 6}" stroke="${grid}" stroke-width="2"/>`,
    label({ x: 24, y: top + boxTop - 8 }, "customers", "b"),
    ...stations.flatMap((station) => [
      label({ x: boxes[station].x, y: top + boxTop - 8 }, names[station], "b"),
      `<rect x="${boxes[station].x}" y="${top + boxTop}" width="${boxes[station].width}" height="${boxHeight}" rx="8" class="g"/>`,
    ]),
    label({ x: boxes.works.x, y: top + boxTop - 8 }, "device works", "b"),
    ...(hasQueue(lane)
      ? []
      : [label({ x: boxes.queue.x, y: line - 14 }, "no queue: what dies here is gone", "q")]),
  ].join("");
}

function legend(lanes: readonly Lane[]): string {
  const has = (...names: Station["name"][]) => lanes.some((lane) => countOf(lane, ...names) > 0);
  const isTwice = lanes.some(({ walked }) => walked.some((each) => each.isTwice));
  const items: { symbol: Symbol; words: string }[] = [
    { symbol: "way", words: "on its way" },
    { symbol: "works", words: "works" },
    ...(isTwice ? [{ symbol: "twice" as const, words: "works, provisioned twice" }] : []),
    ...(has("lost") ? [{ symbol: "lost" as const, words: "lost" }] : []),
    ...(has("gaveUp", "aside") ? [{ symbol: "aside" as const, words: "given up, or set aside" }] : []),
  ];
  let x = 30;
  return items
    .map(({ symbol, words }) => {
      const at = { x, y: size.height - 14 };
      x += 40 + words.length * 7;
      return mark(symbol, at) + label({ x: at.x + 12, y: at.y + 5 }, words, "q");
    })
    .join("");
}

/** Everything that appears and disappears. */
function moving(lane: Lane, endMs: number): string {
  return [
    killMarks(lane),
    ...lane.walked.map(({ moves, isTwice }) => dot(moves, isTwice)),
    ...endMarks(lane).map(({ at, words, kind, atMs = endMs, untilMs }) =>
      label(at, words, kind, shown(atMs, untilMs)),
    ),
  ].join("\n");
}

function killMarks({ kill, killedColumn, top }: Lane): string {
  if (kill === undefined) {
    return "";
  }
  const box = killedColumn < 0 ? boxes.api : boxes.function;
  const until = kill.atMs + 2_000;
  const frame =
    killedColumn < 0 ? { x: box.x, width: box.width } : { x: box.x + 6 + killedColumn * 20, width: 20 };
  return (
    label({ x: box.x + box.width, y: top + boxTop - 8 }, "kill -9", "k e", shown(kill.atMs, until)) +
    `<rect x="${frame.x}" y="${top + boxTop}" width="${frame.width}" height="${boxHeight}" rx="8" class="r">${shown(kill.atMs, until)}</rect>`
  );
}

/** The mark where an activation ends. None for a customer without a ticket. */
function endMark(move: Move, isTwice: boolean): Symbol | undefined {
  const symbols: Partial<Record<Station["name"], Symbol>> = {
    works: isTwice ? "twice" : "works",
    lost: "lost",
    gaveUp: "aside",
    aside: "aside",
  };
  return symbols[move.station];
}

/** A moving dot, and the mark that stays where it ends. */
function dot(moves: readonly Move[], isTwice: boolean): string {
  const [first, last] = [moves[0], moves.at(-1)];
  if (first === undefined || last === undefined) {
    return "";
  }
  const end = endMark(last, isTwice);
  const ways = moves.map(
    (move) =>
      `<animateMotion ${from(move.startMs)} dur="${time(move.endMs - move.startMs)}s" path="M${move.from.x} ${move.from.y}L${move.to.x} ${move.to.y}" fill="freeze"/>`,
  );
  return (
    `<circle class="d" r="5">${shown(first.startMs, last.endMs)}${ways.join("")}</circle>` +
    (end === undefined ? "" : mark(end, last.to, shown(last.endMs)))
  );
}

interface EndMark {
  at: Point;
  words: string;
  kind: string;
  /** Default: the end. */
  atMs?: number | undefined;
  /** Default: it stays. */
  untilMs?: number | undefined;
}

/** What became of all of them, in words. Those of the kill appear with it. */
function endMarks(lane: Lane): EndMark[] {
  const { top, kill } = lane;
  const count = (name: Station["name"]) => countOf(lane, name);
  const after = (name: "lost" | "gaveUp" | "aside") => ({
    x: trays[name] + count(name) * 16,
    y: top + trayTop + 5,
  });
  const killMs = (kill?.atMs ?? 0) + 350;
  return [
    {
      at: { x: 906, y: top + boxTop - 8 },
      words: `${count("works")} of ${lane.journeys.length}`,
      kind: "b e",
    },
    ...(count("lost") > 0
      ? [{ at: after("lost"), words: `${count("lost")} lost`, kind: "k", atMs: killMs }]
      : []),
    ...(count("gaveUp") > 0
      ? [{ at: after("gaveUp"), words: `${count("gaveUp")} given up`, kind: "q" }]
      : []),
    ...(count("aside") > 0 ? [{ at: after("aside"), words: `${count("aside")} set aside`, kind: "q" }] : []),
    ...(count("error") > 0
      ? [{ at: { x: 24, y: top + trayTop + 5 }, words: `${count("error")} errors`, kind: "q" }]
      : []),
    ...backMarks(lane),
  ];
}

/** What the function was working on comes back when its visibility timeout ends. */
function backMarks({ kill, killedColumn, top }: Lane): EndMark[] {
  if (killedColumn < 0 || kill === undefined || kill.inHand === 0) {
    return [];
  }
  const { atMs, backAtMs, inHand } = kill;
  const at = { x: boxes.function.x, y: top + trayTop + 5 };
  const hidden = { at, words: `${inHand} in hand: hidden in the queue`, kind: "k", atMs, untilMs: backAtMs };
  const back = { at, words: `${counted(inHand, "message")} came back`, kind: "b", atMs: backAtMs };
  return backAtMs === undefined ? [hidden] : [hidden, back];
}

/** The final image, for readers who want less motion, and for paper. */
const still = (lane: Lane): string =>
  [
    ...lane.walked.map(({ moves, isTwice }) => {
      const last = moves.at(-1);
      const end = last && endMark(last, isTwice);
      return end === undefined || last === undefined ? "" : mark(end, last.to);
    }),
    ...endMarks(lane).flatMap(({ at, words, kind, untilMs }) =>
      untilMs === undefined ? [label(at, words, kind)] : [],
    ),
  ].join("");
