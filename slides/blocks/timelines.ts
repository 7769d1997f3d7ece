import { escaped } from "#shared/html.ts";
import { StoryError } from "../read-story.ts";

interface ErrandBar {
  name: string;
  fromMs: number;
  lengthMs: number;
}

interface Timeline {
  title: string;
  word: string;
  errands: ErrandBar[];
}

const [width, groupHeight, left, right] = [1_480, 300, 210, 330];
const bar = { first: 84, second: 168, height: 62 } as const;

/**
 * Two errands as bars that grow in real time, in one or more timelines, as SVG. The text: `scale: 60 ms = 1 min`; for each timeline
 * `title: You wait | synchronous`, then `medicine 0 1800` (name, from, length in ms). The second errand is your own: in all other time
 * until you are home you wait. From the second timeline on, each appears with a key press. Throws {@link StoryError} that names the
 * line.
 */
export function timelines(text: string): string {
  const [first = "", ...lines] = text.split("\n").filter((line) => line.trim() !== "");
  const [, msOfOne = "", unit = ""] = /^scale: (\d+) ms = 1 (\w+)$/.exec(first) ?? [];
  if (msOfOne === "" || Number(msOfOne) === 0) {
    throw new StoryError(`Expected \`scale: 60 ms = 1 min\` in \`timelines\`, got \`${first}\`; rewrite it.`);
  }
  const groups = readGroups(lines);
  const ends = groups.map(({ errands }) =>
    Math.max(...errands.map(({ fromMs, lengthMs }) => fromMs + lengthMs)),
  );
  const longestMs = Math.max(...ends);
  const x = (ms: number) => left + (ms / longestMs) * (width - left - right);
  const inUnits = (ms: number) => `${Math.round((ms / Number(msOfOne)) * 10) / 10} ${unit}`;
  const drawn = groups.map((group, at) => {
    const endMs = ends[at] ?? 0;
    const className = at === 0 ? "d-group d-first" : "d-group fragment";
    const index = at === 0 ? "" : ` data-fragment-index="${at - 1}"`;
    return `<g class="${className}"${index} transform="translate(0 ${at * groupHeight})">${drawGroup(group, endMs, x, inUnits)}</g>`;
  });
  const words = groups.map(
    ({ title, word }, at) => `${title} (${word}): home after ${inUnits(ends[at] ?? 0)}`,
  );
  return (
    `<svg class="d-timelines" viewBox="0 0 ${width} ${groups.length * groupHeight}" role="img" aria-label="${escaped(words.join(". "))}">` +
    `<defs><pattern id="d-hatch" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
    `<rect width="14" height="14" class="d-hatch-ground"/><rect width="6" height="14" class="d-hatch-line"/></pattern></defs>${drawn.join("")}</svg>`
  );
}

function readGroups(lines: readonly string[]): Timeline[] {
  const groups: Timeline[] = [];
  for (const line of lines) {
    const [, title, word] = /^title: (.+) \| (.+)$/.exec(line) ?? [];
    const [, name, fromMs, lengthMs] = /^(\w+) (\d+) (\d+)$/.exec(line) ?? [];
    const group = groups.at(-1);
    if (title !== undefined && word !== undefined) {
      groups.push({ title, word, errands: [] });
    } else if (name !== undefined && group !== undefined && Number(lengthMs) > 0) {
      group.errands.push({ name, fromMs: Number(fromMs), lengthMs: Number(lengthMs) });
    } else {
      throw new StoryError(
        `Expected \`title: words | word\`, or below one \`medicine 0 1800\`, in \`timelines\`, got \`${line}\`; rewrite it.`,
      );
    }
  }
  const wrong = groups.find(({ errands }) => errands.length !== 2);
  if (groups.length === 0 || wrong !== undefined) {
    throw new StoryError(
      `Expected two errands in each timeline, got ${wrong?.errands.length ?? "no timeline"}; add what is missing.`,
    );
  }
  return groups;
}

function drawGroup(
  { title, word, errands }: Timeline,
  endMs: number,
  x: (ms: number) => number,
  inUnits: (ms: number) => string,
): string {
  const [theirs, yours] = errands as [ErrandBar, ErrandBar];
  const waits = [
    { fromMs: 0, lengthMs: yours.fromMs },
    { fromMs: yours.fromMs + yours.lengthMs, lengthMs: endMs - yours.fromMs - yours.lengthMs },
  ].filter(({ lengthMs }) => lengthMs > 0);
  const grow = ({ fromMs, lengthMs }: Omit<ErrandBar, "name">, y: number, className: string) =>
    `<rect class="d-bar ${className}" x="${x(fromMs)}" y="${y}" width="${x(lengthMs) - x(0)}" height="${bar.height}" rx="6" ` +
    `style="animation-delay: ${fromMs}ms; animation-duration: ${lengthMs}ms"/>`;
  const inside = (
    { fromMs, lengthMs }: Omit<ErrandBar, "name">,
    y: number,
    words: string,
    className: string,
  ) =>
    `<text class="${className}" x="${(x(fromMs) + x(fromMs + lengthMs)) / 2}" y="${y + 41}" text-anchor="middle">${escaped(words)}</text>`;
  return [
    `<text class="d-title" x="0" y="44">${escaped(title)} <tspan class="d-word">${escaped(word)}</tspan></text>`,
    `<text x="0" y="${bar.first + 41}">${escaped(theirs.name)}</text><text x="0" y="${bar.second + 41}">you</text>`,
    grow(theirs, bar.first, "d-theirs"),
    inside(theirs, bar.first, "is prepared", "d-on-bar"),
    ...waits.map(
      (wait) => grow(wait, bar.second, "d-waits") + inside(wait, bar.second, "you wait", "d-on-hatch"),
    ),
    grow(yours, bar.second, "d-yours"),
    inside(yours, bar.second, yours.name, "d-on-bar"),
    `<g class="d-flag" style="animation-delay: ${endMs}ms"><path d="M${x(endMs)} ${bar.first - 14} V${bar.second + bar.height + 14}"/>` +
      `<text class="d-home" x="${x(endMs) + 22}" y="${bar.second + 4}">home: ${escaped(inUnits(endMs))}</text></g>`,
  ].join("");
}
