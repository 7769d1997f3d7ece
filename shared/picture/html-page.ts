import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { embeddedJson, escaped } from "#shared/html.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { cssVariables, darkTheme, fontFamily, lightTheme } from "./theme.ts";

interface Page {
  title: string;
  /** The page's script. */
  entry: string;
  /** The data that it draws, in the element `#results`. A page may have it elsewhere. */
  results?: unknown;
  /** A style sheet. It contains the pictures' fonts and colours. */
  styles: string;
  body: string;
  /** What else the page may load. */
  alsoAllowed?: string;
}

/** A page that opens from disk without a network. It contains everything it needs, and has light and dark colours. */
export function page({ title, results, entry, styles, body, alsoAllowed = "" }: Page): string {
  // A second safeguard: the page forbids all requests itself.
  const policy = `default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; font-src data:; img-src data:${alsoAllowed}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${fontFaces()}
:root { color-scheme: light; ${cssVariables(lightTheme)} }
:root[data-theme="dark"] { color-scheme: dark; ${cssVariables(darkTheme)} }
${styles}</style>
</head>
<body>
${body}
${results === undefined ? "" : `<script type="application/json" id="results">${embeddedJson(results)}</script>\n`}<script>${pageScript(entry)}</script>
</body>
</html>
`;
}

const bundles = new Map<string, string>();

/** The script of a page with all its imports, safe to embed in HTML. Throws an error that says what to fix. */
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
        "Fix that file, or run `npm ci` again.",
      { cause },
    );
  }
}

/** So that nothing in it ends the element, or opens a comment that would hide the end. */
export function forHtml(code: string): string {
  return code.replaceAll(/<(?=\/script)/gi, "\\x3c").replaceAll("<!--", "\\x3c!--");
}

/** The pictures' fonts, embedded in the page. */
function fontFaces(): string {
  return [400, 600, 700]
    .map((weight) => {
      const file = import.meta.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);
      const data = readFileSync(fileURLToPath(file)).toString("base64");
      return `@font-face { font-family: "${fontFamily}"; font-weight: ${weight}; src: url(data:font/woff2;base64,${data}) format("woff2"); }`;
    })
    .join("\n");
}
