import { fileURLToPath } from "node:url";
import { createCanvas, GlobalFonts, SvgExportFlag } from "@napi-rs/canvas";
import type { SKRSContext2D } from "@napi-rs/canvas";
import { Chart, registerables } from "chart.js";
import { escaped } from "#shared/html.ts";
import type { ResultsView } from "../../figures/view.ts";
import { card } from "./card.ts";
import { chartConfig, sizeOf } from "./drawing/picture.ts";
import type { Picture } from "./drawing/picture.ts";
import { darkTheme, fontFamily, lightTheme } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";
import { picturesOf } from "./pictures.ts";

/** A picture in all its forms, for files and for the report. */
export interface DrawnPicture extends Pick<Picture, "name" | "title" | "description"> {
  /** Drawn when it is asked for: it takes a fifth of a second, and a report shows the SVG. */
  png: () => Uint8Array;
  svg: { light: string; dark: string };
}

/** Draws every picture that these results allow. */
export function drawCharts(view: ResultsView): DrawnPicture[] {
  return picturesOf(view).map((picture) => ({
    ...picture,
    png: () => renderPng(picture, lightTheme),
    svg: { light: renderSvg(picture, lightTheme), dark: renderSvg(picture, darkTheme) },
  }));
}

/** The card for a participant to share. Undefined if there is nothing to compare. */
export function drawCard(view: ResultsView): Uint8Array | undefined {
  const picture = card(view);
  return picture && renderPng(picture, lightTheme);
}

Chart.register(...registerables);

/** At twice the picture's size, for slides. */
export function renderPng(picture: Picture, theme: Theme): Uint8Array {
  registerFonts();
  const { width, height } = sizeOf(picture);
  const canvas = createCanvas(width, height);
  return drawOn(canvas, picture, theme, 2, () => canvas.toBuffer("image/png"));
}

/** Text stays text: a machine without our font uses another one, fitted to the same widths. */
export function renderSvg(picture: Picture, theme: Theme): string {
  registerFonts();
  const { width, height } = sizeOf(picture);
  const canvas = createCanvas(width, height, SvgExportFlag.NoPrettyXML);
  const context = canvas.getContext("2d");
  drawShortCircles(context);
  const texts = collectTexts(context);
  const svg = drawOn(canvas, picture, theme, 1, () => canvas.getContent().toString("utf8"));
  const clips = [...new Set(svg.match(/\bcl_[\da-f]+/g))];
  return (
    svg
      // The canvas numbers its clip paths from the start of the process. The same picture must give the same file.
      .replaceAll(/\bcl_[\da-f]+/g, (id) => `cl_${clips.indexOf(id)}`)
      // Without a viewBox it doesn't scale down.
      .replace("<svg ", `<svg viewBox="0 0 ${width} ${height}" font-family="${svgFonts}" `)
      .replaceAll(textOfCanvas, (_whole, style: string, x: string, y: string, place: string) => {
        const { weight, fit, words } = texts[Number(place)] ?? { weight: 400, fit: 0, words: "" };
        const bold = weight === 400 ? "" : ` font-weight="${weight}"`;
        return `<text ${style}${bold} x="${x}" y="${y}" textLength="${fit}" lengthAdjust="spacingAndGlyphs">${escaped(words)}<`;
      })
      // A hundredth of a pixel is precise enough, and halves the file.
      .replaceAll(/\d+\.\d{3,}(?=[^<>]*>)/g, (number) => String(Math.round(Number(number) * 100) / 100))
      // One element per line, so that a diff shows what moved.
      .replaceAll("><", ">\n<")
  );
}

const svgFonts = `'${fontFamily}', Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif`;
const textOfCanvas =
  /<text ([^>]*?)(?: font-weight="\d+")? font-family="[^"]*" x="([-\d.]+),[^"]*" y="([-\d.]+),[^"]*">(\d+)</g;

/**
 * Draws the number of each text in its place, and collects the texts themselves. The canvas's own SVG loses some letters, such as a
 * bracket after a space, and positions each letter separately, which fits no other font.
 */
function collectTexts(context: SKRSContext2D): { words: string; weight: number; fit: number }[] {
  const texts: ReturnType<typeof collectTexts> = [];
  const fillText = context.fillText.bind(context);
  context.fillText = (words, x, y) => {
    const { textAlign, font } = context;
    const { width: fit } = context.measureText(words);
    const left = { left: x, start: x, center: x - fit / 2, right: x - fit, end: x - fit }[textAlign];
    context.textAlign = "left";
    fillText(String(texts.length), left, y);
    context.textAlign = textAlign;
    // "600 23px ..."; Chart.js's fonts begin with a word.
    texts.push({ words, fit, weight: Number.parseInt(font, 10) || 400 });
  };
  return texts;
}

/** Draws circles as four curves each: in an SVG the canvas's own circles have a hundred curves and take 3 kB. */
function drawShortCircles(context: SKRSContext2D): void {
  context.arc = (x, y, radius) => {
    // The best distance for a curve's control points, with an error of at most a 3,700th of the radius.
    const near = 0.5523 * radius;
    context.moveTo(x + radius, y);
    context.bezierCurveTo(x + radius, y + near, x + near, y + radius, x, y + radius);
    context.bezierCurveTo(x - near, y + radius, x - radius, y + near, x - radius, y);
    context.bezierCurveTo(x - radius, y - near, x - near, y - radius, x, y - radius);
    context.bezierCurveTo(x + near, y - radius, x + radius, y - near, x + radius, y);
  };
}

let registered = false;

/** Registers the project's fonts: a machine without fonts would draw no text and report no error. */
function registerFonts(): void {
  if (registered) {
    return;
  }
  for (const weight of [400, 600, 700]) {
    const file = import.meta.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);
    if (GlobalFonts.registerFromPath(fileURLToPath(file), fontFamily) === null) {
      throw new Error(`Expected a font in ${file}, which can't be read; run \`npm ci\` again`);
    }
  }
  registered = true;
}

/** Draws, and returns what `read` gets from the canvas before Chart.js clears it. */
function drawOn<Drawn>(
  canvas: object,
  picture: Picture,
  theme: Theme,
  devicePixelRatio: number,
  read: () => Drawn,
): Drawn {
  const config = chartConfig(picture, theme);
  // A browser's canvas and ours have the same methods, but not the same type.
  const chart = new Chart(canvas as ConstructorParameters<typeof Chart>[0], {
    ...config,
    options: { ...config.options, devicePixelRatio },
  });
  try {
    return read();
  } finally {
    chart.destroy();
  }
}
