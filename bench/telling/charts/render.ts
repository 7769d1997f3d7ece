import { fileURLToPath } from "node:url";
import { createCanvas, GlobalFonts, SvgExportFlag } from "@napi-rs/canvas";
import { Chart, registerables } from "chart.js";
import { chartConfig, sizeOf } from "./picture.ts";
import type { Picture } from "./picture.ts";
import { fontFamily } from "./theme.ts";
import type { Theme } from "./theme.ts";

Chart.register(...registerables);

let registered = false;

/** Uses the fonts that the project ships: a machine without any would draw no text, and say nothing. */
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

/** At twice the picture's size, for slides. */
export function renderPng(picture: Picture, theme: Theme): Uint8Array {
  registerFonts();
  const { width, height } = sizeOf(picture);
  const canvas = createCanvas(width, height);
  return drawOn(canvas, picture, theme, 2, () => canvas.toBuffer("image/png"));
}

/** With its text as paths, so that it looks the same without our fonts. */
export function renderSvg(picture: Picture, theme: Theme): string {
  registerFonts();
  const { width, height } = sizeOf(picture);
  const canvas = createCanvas(width, height, SvgExportFlag.ConvertTextToPaths);
  const svg = drawOn(canvas, picture, theme, 1, () => canvas.getContent().toString("utf8"));
  return (
    svg
      // Without a viewBox it can't be made smaller.
      .replace("<svg ", `<svg viewBox="0 0 ${width} ${height}" `)
      // A hundredth of a pixel is exact enough, and half the file.
      .replaceAll(/\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100))
  );
}

/** Draws, and gives what `read` finds on the canvas before Chart.js cleans it. */
function drawOn<Drawn>(
  canvas: object,
  picture: Picture,
  theme: Theme,
  devicePixelRatio: number,
  read: () => Drawn,
): Drawn {
  const config = chartConfig(picture, theme);
  // The canvas of a browser and ours have the same methods, but not the same type.
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
