import { createHash } from "node:crypto";
import { escaped } from "#shared/html.ts";
import { StoryError } from "../read-story.ts";

type LaneRow =
  | { kind: "arrow"; from: number; to: number; words: string }
  | { kind: "box"; lane: number; words: string; trouble: boolean }
  | { kind: "state"; words: string };

const width = 1_480;
const top = 74;
const mostHeight = 640;
const mostRows = 12;

/**
 * Who does what, one below the other, as SVG. The text's first line names two or three lanes:
 * `lanes: worker A | the ticket | worker B`; the last word of a name is its key. Then one line each: `A -> ticket: read`;
 * `A: calls the vendor` (with ` !` at the end: trouble); `state: accepted`, for the lane in the middle; `---`, a new step. Each
 * step appears with a key press. Throws {@link StoryError} that names the line.
 */
export function lanes(text: string): string {
  const [first = "", ...lines] = text.split("\n");
  const names = /^lanes: (.+)$/.exec(first)?.[1]?.split(" | ") ?? [];
  if (names.length < 2 || names.length > 3) {
    throw new StoryError(
      `Expected \`lanes: worker A | the ticket | worker B\`, got \`${first}\`; rewrite it.`,
    );
  }
  const keys = names.map((name) => name.split(" ").at(-1) ?? "");
  const steps: LaneRow[][] = [[]];
  for (const line of lines.filter((each) => each.trim() !== "")) {
    if (line === "---") {
      steps.push([]);
    } else {
      steps.at(-1)?.push(readRow(line, keys));
    }
  }
  const count = steps.flat().length;
  if (count === 0 || count > mostRows || steps.some((step) => step.length === 0)) {
    throw new StoryError(
      `Expected 1 to ${mostRows} lines in \`lanes\`, and none of its steps empty, got ${count} lines; shorten it.`,
    );
  }
  // For this picture only: what is defined on a hidden slide isn't drawn on others.
  const head = `d-head-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
  const rowHeight = Math.min(66, (mostHeight - top) / count);
  const height = Math.round(top + count * rowHeight + 6);
  const x = (lane: number) => (width / names.length) * (lane + 0.5);
  let at = 0;
  const drawn = steps.map((step, index) => {
    const rows = step.map((row) => {
      const y = top + at * rowHeight;
      at += 1;
      return drawRow(row, { x, y, rowHeight, head, middle: Math.floor(names.length / 2) });
    });
    return index === 0
      ? rows.join("")
      : `<g class="fragment d-step" data-fragment-index="${index - 1}">${rows.join("")}</g>`;
  });
  const heads = names.map(
    (name, lane) =>
      `<text class="d-name" x="${x(lane)}" y="38" text-anchor="middle">${escaped(name)}</text>` +
      `<path class="d-life" d="M${x(lane)} 56 V${height}"/>`,
  );
  const words = lines.filter((line) => line !== "---").join("; ");
  return (
    `<svg class="d-lanes" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(`${names.join(", ")}. ${words}`)}">` +
    `<defs><marker id="${head}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="20" markerHeight="20" markerUnits="userSpaceOnUse" ` +
    `orient="auto"><path d="M0 0 L10 5 L0 10 z"/></marker></defs>${heads.join("")}${drawn.join("")}</svg>`
  );
}

function readRow(line: string, keys: readonly string[]): LaneRow {
  const [, state] = /^state: (.+)$/.exec(line) ?? [];
  if (state !== undefined) {
    return { kind: "state", words: state };
  }
  const [, from = "", to, said = ""] = /^(\S+)(?: -> (\S+))?: (.+)$/.exec(line) ?? [];
  const laneOf = (key: string) => {
    const lane = keys.indexOf(key);
    if (lane === -1) {
      throw new StoryError(
        `Expected a line of ${keys.join(", ")} in \`lanes\`, such as \`${keys[0]} -> ${keys[1]}: read\`, got \`${line}\`; rewrite it.`,
      );
    }
    return lane;
  };
  if (to !== undefined) {
    return { kind: "arrow", from: laneOf(from), to: laneOf(to), words: said };
  }
  const [, words = said, trouble] = /^(.*?)( !)?$/.exec(said) ?? [];
  return { kind: "box", lane: laneOf(from), words, trouble: trouble !== undefined };
}

interface RowPlace {
  x: (lane: number) => number;
  y: number;
  rowHeight: number;
  head: string;
  middle: number;
}

function drawRow(row: LaneRow, { x, y, rowHeight, head, middle }: RowPlace): string {
  const centre = y + rowHeight / 2;
  if (row.kind === "arrow") {
    const [from, to] = [x(row.from), x(row.to)];
    const shorter = Math.sign(to - from) * 10;
    return (
      `<g class="d-say"><path d="M${from + shorter} ${centre + 14} H${to - shorter}" marker-end="url(#${head})"/>` +
      `<text x="${(from + to) / 2}" y="${centre + 3}" text-anchor="middle">${escaped(row.words)}</text></g>`
    );
  }
  const lane = row.kind === "state" ? middle : row.lane;
  const mark = row.kind === "box" && row.trouble ? "✕ " : "";
  const words = `${mark}${row.words}`;
  const boxWidth = Math.min(Math.max(words.length * 15.5 + 44, 150), 470);
  const className = row.kind === "state" ? "d-state" : row.trouble ? "d-does d-trouble" : "d-does";
  return (
    `<g class="${className}"><rect x="${x(lane) - boxWidth / 2}" y="${y + 5}" width="${boxWidth}" height="${rowHeight - 10}" ` +
    `rx="${row.kind === "state" ? (rowHeight - 10) / 2 : 8}"/><text x="${x(lane)}" y="${centre + 10}" text-anchor="middle">${escaped(words)}</text></g>`
  );
}
