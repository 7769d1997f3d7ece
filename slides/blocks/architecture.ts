import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { escaped } from "#shared/html.ts";
import { StoryError } from "../read-story.ts";

const [width, height] = [1_480, 620];

/**
 * The processes and stores of a chapter, "01" to "07", as SVG. What the chapter before had is there from the start; new parts appear
 * step by step and light up; removed ones are crossed out. Throws {@link StoryError} for another chapter.
 */
export function architecture(chapter: string): string {
  const number = /^0[1-7]$/.test(chapter) ? Number(chapter) : undefined;
  if (number === undefined) {
    throw new StoryError(`Expected a chapter from 01 to 07, got \`${chapter}\`; rewrite it.`);
  }
  const lives = ({ since, until = Infinity }: Box | Arrow, at: number) => since <= at && at <= until;
  const drawn = [...boxes, ...arrows].filter((part) => lives(part, number));
  const gone = boxes.filter((box) => lives(box, number - 1) && !lives(box, number));
  const old = drawn.filter(({ since }) => since < number);
  const fresh = drawn.filter(({ since }) => since === number);
  const steps = [...new Set(fresh.map(({ step }) => step))].toSorted((one, other) => one - other);
  const parts = [
    ...old.map((part) => draw(part, "d-old", chapter)),
    ...gone.map((box) => ghost(box)),
    ...steps.map((step, at) => {
      const inStep = fresh.filter((part) => part.step === step).map((part) => draw(part, "d-new", chapter));
      return `<g class="fragment d-step" data-fragment-index="${at}">${inStep.join("")}</g>`;
    }),
  ];
  return (
    `<svg class="d-architecture" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(inWords(chapter, drawn))}">` +
    `${marker("before", chapter)}${marker("after", chapter)}${parts.join("")}${legend(chapter)}</svg>`
  );
}

const isBox = (part: Box | Arrow): part is Box => "kind" in part;
const draw = (part: Box | Arrow, className: string, chapter: string) =>
  isBox(part) ? drawBox(part, className) : drawArrow(part, className, chapter);

function drawBox({ kind, lines, at: [x, y], size: [w, h] }: Box, className: string): string {
  const middle = y + h / 2 + (kind === "table" ? 12 : 0);
  const words = lines.map(
    (line, at) =>
      `<text x="${x + w / 2 - (kind === "queue" ? 16 : 0)}" y="${middle + 11 + (at - (lines.length - 1) / 2) * 36}" text-anchor="middle">${escaped(line)}</text>`,
  );
  return `<g class="d-box d-${kind} ${className}">${shapes[kind](x, y, w, h)}${words.join("")}</g>`;
}

const rect = (x: number, y: number, w: number, h: number, r: number, more = "") =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}"${more}/>`;

/** The shape alone shows what a box is; colour only repeats it. */
const shapes: Record<Box["kind"], (x: number, y: number, w: number, h: number) => string> = {
  person: (x, y, w, h) => rect(x, y, w, h, h / 2),
  process: (x, y, w, h) => rect(x, y, w, h, 14),
  stack: (x, y, w, h) => rect(x + 16, y - 16, w, h, 14) + rect(x + 8, y - 8, w, h, 14) + rect(x, y, w, h, 14),
  outside: (x, y, w, h) => rect(x, y, w, h, 4) + rect(x + 8, y + 8, w - 16, h - 16, 2, ' class="d-thin"'),
  table: (x, y, w, h) =>
    `<path d="M${x} ${y + 18} a${w / 2} 18 0 0 1 ${w} 0 v${h - 36} a${w / 2} 18 0 0 1 ${-w} 0 z"/>` +
    `<path class="d-thin" d="M${x} ${y + 18} a${w / 2} 18 0 0 0 ${w} 0"/>`,
  queue: (x, y, w, h) =>
    rect(x, y, w, h, 6) +
    [14, 24, 34].map((inset) => `<path class="d-thin" d="M${x + w - inset} ${y + 10} v${h - 20}"/>`).join(""),
};

function drawArrow(
  { points, label, labelAt: [x, y], anchor = "middle", when }: Arrow,
  className: string,
  chapter: string,
): string {
  const kind = when === "before the answer" ? "before" : "after";
  const path = points.map(([px, py], at) => `${at === 0 ? "M" : "L"}${px} ${py}`).join(" ");
  return (
    `<g class="d-arrow d-${kind} ${className}"><path d="${path}" marker-end="url(#d-head-${kind}-${chapter})"/>` +
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(label)}</text></g>`
  );
}

/** An arrow head for this picture only: what is defined on a hidden slide isn't drawn on others. */
const marker = (kind: "before" | "after", chapter: string) =>
  `<defs><marker id="d-head-${kind}-${chapter}" class="d-${kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="22" markerHeight="22" ` +
  `markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L10 5 L0 10 z"/></marker></defs>`;

/** If something new takes its place, the old box moves aside. */
function ghost({ at: [x, y], size: [w], lines }: Box): string {
  const [above, wider, high] = [210, 30, 64];
  return (
    `<g class="d-ghost" aria-hidden="true">${rect(x - wider, y - above, w + 2 * wider, high, 14)}` +
    `<text x="${x + w / 2}" y="${y - above + high / 2 + 9}" text-anchor="middle">${escaped(`${lines.join(" ")}: gone`)}</text></g>`
  );
}

function legend(chapter: string): string {
  const line = (kind: "before" | "after", y: number, words: string) =>
    `<g class="d-arrow d-${kind}"><path d="M10 ${y} h70" marker-end="url(#d-head-${kind}-${chapter})"/>` +
    `<text x="96" y="${y + 9}">${words}</text></g>`;
  return line("before", 600, "before the answer") + (chapter === "01" ? "" : line("after", 560, "after it"));
}

function inWords(chapter: string, drawn: readonly (Box | Arrow)[]): string {
  const names = drawn.filter(isBox).map(({ name }) => name);
  const moves = drawn.filter((part): part is Arrow => !isBox(part));
  const each = moves.map(({ names: [from, to], label, when }) => `${from} to ${to}: ${label} (${when})`);
  return `Chapter ${chapter} has ${names.join(", ")}. ${each.join("; ")}.`;
}

const point = z.tuple([z.number(), z.number()]);
const lifetime = {
  /** The first chapter that has it, and the last. Without a last one, all later chapters have it. */
  since: z.int(),
  until: z.int().optional(),
  /** When it appears in the story of the chapter that introduces it. */
  step: z.int(),
};
const boxSchema = z.strictObject({
  name: z.string(),
  lines: z.array(z.string()),
  kind: z.enum(["person", "process", "stack", "table", "queue", "outside"]),
  at: point,
  size: point,
  ...lifetime,
});
const arrowSchema = z.strictObject({
  /** Names both ends, for screen readers. */
  names: z.tuple([z.string(), z.string()]),
  points: z.array(point).min(2),
  label: z.string(),
  labelAt: point,
  anchor: z.enum(["start", "middle", "end"]).optional(),
  /** Whether the customer waits for it. */
  when: z.enum(["before the answer", "after it"]),
  ...lifetime,
});

type Box = z.infer<typeof boxSchema>;
type Arrow = z.infer<typeof arrowSchema>;

/** Everything that occurs in one of the chapters' pictures. */
const { boxes, arrows } = z
  .strictObject({ boxes: z.array(boxSchema), arrows: z.array(arrowSchema) })
  .parse(parse(readFileSync(join(import.meta.dirname, "architecture.yaml"), "utf8")));
