import { join } from "node:path";
import { escaped } from "#shared/html.ts";
import type { Results } from "#shared/results.ts";
import type { DrawnPicture } from "../charts/draw.ts";
import { fontFaces, pageScript } from "../charts/page.ts";
import { capitalized } from "../format.ts";
import { measuredRows } from "../../figures/medians.ts";
import { boughtSentence, paidSentence, sameSentence } from "../sentences.ts";
import { trustLines } from "./method.ts";
import { sections } from "./sections.ts";
import { styles } from "./styles.ts";
import { trialParts } from "../../plan/rows.ts";

const mostWarnings = 4;
// A second lock on the door: the page itself forbids every request.
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; font-src data:; img-src data:";

/** The report: one file that opens from disk, without a network, in light and dark. */
export function reportHtml(results: Results, pictures: readonly DrawnPicture[]): string {
  const when = results.startedAt.slice(0, 16).replace("T", " ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Take a Ticket: what was measured on ${escaped(when)}</title>
<link rel="icon" href="data:,">
<style>${fontFaces()}
${styles}</style>
<noscript><style>.plot { display: none; }</style></noscript>
</head>
<body>
<main>
<header>
<div class="bar"><p class="over">Take a Ticket · ${escaped(when)} UTC</p><button id="theme" type="button" hidden></button></div>
${introduction(results)}
<p class="note">${escaped(capitalized(results.notes.join("; ")))}.</p>
<p class="note" id="pointing" hidden>Point at a mark in a picture to read it, or move from one to the next with the arrow keys.</p>
${warnings(results)}
</header>
${sections(results, pictures)}
</main>
<script type="application/json" id="results">${embedded(results)}</script>
<script>${pageScript(join(import.meta.dirname, "live", "main.ts"))}</script>
</body>
</html>
`;
}

/** What was bought and what was paid, of the day, or if there was none, of the storm. */
function introduction(results: Results): string {
  const part = trialParts.find((each) => measuredRows(results, each).length > 0);
  if (part === undefined) {
    return "<h1>What was measured</h1>";
  }
  const [bought, paid, same] = [boughtSentence, paidSentence, sameSentence].map((sentence) =>
    escaped(capitalized(sentence(results, part))),
  );
  return `<h1>${bought}</h1>
<p class="lead">${paid}</p>
<p>${same}</p>`;
}

/** What can't be relied on stands above everything else; the whole list of it further below. */
function warnings(results: Results): string {
  if (results.complete && results.trustworthy) {
    return "";
  }
  const lines = trustLines(results);
  const more = lines.length - mostWarnings;
  return [...lines.slice(0, mostWarnings), ...(more > 0 ? [`And ${more} more reasons, see below.`] : [])]
    .map((line) => `<p class="warning" role="note">${escaped(line)}</p>`)
    .join("\n");
}

/** JSON inside HTML: no `<`, so that nothing in it can end the element. */
function embedded(results: Results): string {
  return JSON.stringify(results).replaceAll("<", "\\u003c");
}
