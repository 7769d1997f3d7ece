import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { projectFolder } from "#shared/run/chapters.ts";
import { fontFamily } from "./drawing/theme.ts";

const bundles = new Map<string, string>();

/** The script of a page with all that it imports; may stand in HTML as it is. Throws an error that says what to mend. */
export function pageScript(entry: string): string {
  const made = bundles.get(entry) ?? forHtml(bundled(entry));
  bundles.set(entry, made);
  return made;
}

function bundled(entry: string): string {
  try {
    const { outputFiles } = buildSync({
      entryPoints: [entry],
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
      `Expected to bundle ${relative(projectFolder, entry)} for a page, got ${first}; what was measured is kept. ` +
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
