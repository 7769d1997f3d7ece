import { capitalized, counted, quantileText, spoken } from "../../figures/format.ts";
import type { ResultsView, RowView } from "../../figures/view.ts";
import { boughtSentence, paidSentence, timesBought } from "../sentences.ts";
import { placeText } from "../words.ts";
import { storyRows } from "./eighty-customers.ts";
import { balanced, placesAxis } from "./drawing/picture.ts";
import { arrow, line, ring, square, text } from "./drawing/marks.ts";
import type { CanvasContext } from "./drawing/marks.ts";
import type { Picture, PlotArea } from "./drawing/picture.ts";
import { font } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";

const size = { width: 1_200, height: 630 } as const;
const side = 64;
const inner = size.width - 2 * side;
// The scale of the marks.
const scale = 0.62;
const clocks = { left: 780, right: 1_090, top: 202, row: 80 } as const;

/** Your own result, in the size of a link preview. Undefined with fewer than two rows, since there is nothing to compare. */
export function card(view: ResultsView): Picture | undefined {
  const trial = [view.trials.day, view.trials.storm].find(
    (each) => each !== undefined && each.rows.length > 1,
  );
  if (trial === undefined) {
    return undefined;
  }
  const { rows, plan } = trial;
  const title = capitalized(boughtSentence(trial));
  const paid = capitalized(paidSentence(trial));
  const { environment, startedAt } = view;
  const many = plan.runs > 1 ? `, ${plan.runs} runs` : "";
  const done = `${plan.name}: ${counted(plan.customers, "customer")}${many}`;
  const machine = `embedded AWS on ${environment.machine}, ${counted(environment.cores, "core")}: ${placeText(view)}`;
  return {
    name: "card",
    title,
    description: paid,
    note: `${done}; ${machine}`,
    legend: () => [],
    padding: { left: 0, right: 0, bottom: 0 },
    scales: () => ({ x: placesAxis(size.width), y: placesAxis(size.height, true) }),
    size,
    draw: ({ context, theme, ...place }) => {
      text(context, "Take a Ticket", { x: side, y: 62 }, { colour: theme.text, pixels: 34, weight: 700 });
      const date = startedAt.slice(0, 10);
      text(
        context,
        date,
        { x: size.width - side, y: 62 },
        { colour: theme.quiet, pixels: 26, align: "right" },
      );
      line(context, { x: side, y: 100 }, { x: size.width - side, y: 100 }, theme.grid, 3);
      headline(context, theme, title, timesBought(trial));
      for (const [at, row] of storyRows(rows).entries()) {
        clockRow({ context, theme, ...place }, row, {
          y: clocks.top + at * clocks.row,
          mostMs: mostOf(rows),
        });
      }
      clockWords(context, theme);
      paragraph(context, paid, { y: 444, colour: theme.text, pixels: 28 });
      line(context, { x: side, y: 528 }, { x: size.width - side, y: 528 }, theme.grid, 3);
      const small = { colour: theme.quiet, pixels: 23 };
      paragraph(context, `${done}; ${machine}`, { ...small, y: 562 });
    },
  };
}

/** The sentence, with its message in the largest letters before it. */
function headline(context: CanvasContext, theme: Theme, title: string, sooner: string | undefined): void {
  const style = { colour: theme.text, weight: 600, width: 520 } as const;
  if (sooner === undefined) {
    paragraph(context, title, { ...style, y: 180, pixels: 40 });
    return;
  }
  const large = { colour: theme.answered, weight: 700 } as const;
  text(context, sooner, { x: side, y: 178 }, { ...large, pixels: 92 });
  text(context, "sooner", { x: side, y: 258 }, { ...large, pixels: 52 });
  paragraph(context, title, { ...style, y: 326, pixels: 28 });
}

interface Paragraph {
  y: number;
  pixels: number;
  colour: string;
  weight?: 400 | 600;
  width?: number;
}

/** Starts at this height. The letters get smaller if there are too many for two lines, or for four lines of a headline. */
function paragraph(
  context: CanvasContext,
  words: string,
  { y, pixels, colour, weight = 400, width = inner }: Paragraph,
): void {
  const lines = balanced(context, words, width, font(pixels, weight));
  const most = pixels > 36 ? 5 : 2;
  if (lines.length > most && pixels > 16) {
    paragraph(context, words, { y, pixels: pixels - 1, colour, weight, width });
    return;
  }
  for (const [at, words] of lines.entries()) {
    text(context, words, { x: side, y: y + at * pixels * 1.3 }, { colour, pixels, weight });
  }
}

/** Explains the two marks, above them. */
function clockWords(context: CanvasContext, theme: Theme): void {
  const words = { pixels: 21, weight: 600 } as const;
  const y = 134;
  const { answered, works, background } = theme;
  ring(context, { x: clocks.left - 76, y }, { colour: answered, background, scale });
  const width = text(context, "answered", { x: clocks.left - 60, y }, { ...words, colour: answered });
  const x = clocks.left - 60 + width + 32;
  square(context, { x, y }, { colour: works, background, scale });
  text(context, "device works (p50)", { x: x + 16, y }, { ...words, colour: works });
}

/** Both clocks of one chapter, small. */
function clockRow(place: PlotArea, row: RowView, { y, mostMs }: { y: number; mostMs: number }): void {
  const { context, theme } = place;
  const { left, right } = clocks;
  line(context, { x: left, y }, { x: right + 20, y }, theme.grid, 3);
  text(
    context,
    row.label,
    { x: left - 24, y },
    { colour: theme.text, pixels: 26, weight: 600, align: "right" },
  );
  const both = [
    { clock: "activation", colour: theme.works, draw: square, wordsY: y + 25 },
    { clock: "response", colour: theme.answered, draw: ring, wordsY: y - 25 },
  ] as const;
  for (const { clock, colour, draw, wordsY } of both) {
    const ms = row.median[clock].p50Ms;
    const words = { colour, pixels: 21, weight: 600, align: "center" } as const;
    if (ms === null) {
      arrow(context, { x: right - 20, y }, { x: right + 34, y }, colour);
      text(context, quantileText(row.median[clock], "p50Ms"), { x: right, y: wordsY }, words);
    } else {
      const x = left + 24 + (Math.log(Math.max(ms, 1)) / Math.log(mostMs)) * (right - left - 24);
      draw(context, { x, y }, { colour, background: theme.background, scale });
      text(context, spoken(ms), { x, y: wordsY }, words);
    }
  }
}

function mostOf(rows: readonly RowView[]): number {
  const all = rows.flatMap(({ median }) => [median.response.p50Ms ?? 0, median.activation.p50Ms ?? 0]);
  return Math.max(1_000, ...all);
}
