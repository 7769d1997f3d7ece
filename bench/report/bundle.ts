import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { fontFamily } from "../charts/theme.ts";

let script: string | undefined;

/** The script that draws the pictures in the page, Chart.js included; may stand in HTML as it is. */
export function liveScript(): string {
  script ??= forHtml(bundled());
  return script;
}

function bundled(): string {
  try {
    const { outputFiles } = buildSync({
      entryPoints: [join(import.meta.dirname, "live", "main.ts")],
      bundle: true,
      format: "iife",
      minify: true,
      platform: "browser",
      target: "es2022",
      write: false,
      logLevel: "silent",
    });
    return outputFiles[0]?.text ?? "";
  } catch (cause) {
    const [first = "an error"] = cause instanceof Error ? cause.message.split("\n").slice(1) : [];
    throw new Error(
      `Expected to bundle bench/report/live for the report, got ${first}; the results and the charts are kept. ` +
        "Mend that file, or run `npm ci` again.",
      { cause },
    );
  }
}

/** Nothing in it ends the element, or begins a comment in which the end would not count. */
export function forHtml(code: string): string {
  return code.replaceAll(/<(?=\/script)/gi, "\\x3c").replaceAll("<!--", "\\x3c!--");
}

/** The letters of the pictures, inside the page. */
export function fontFaces(): string {
  return [400, 600, 700]
    .map((weight) => {
      const file = import.meta.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);
      const data = readFileSync(fileURLToPath(file)).toString("base64");
      return `@font-face { font-family: "${fontFamily}"; font-weight: ${weight}; src: url(data:font/woff2;base64,${data}) format("woff2"); }`;
    })
    .join("\n");
}
