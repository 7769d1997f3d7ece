import { join } from "node:path";
import { expect, it } from "vitest";
import { parseResults } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { drawCharts } from "../charts/draw.ts";
import { sentenceHtml } from "#shared/html.ts";
import { forHtml, pageScript } from "#shared/picture/html-page.ts";
import { viewOf } from "../../figures/view.ts";
import { inventedFullResults } from "../../testing/invented.ts";
import { inventedResults } from "../../testing/invented.ts";
import { reportHtml } from "./report.ts";

const script = () => pageScript(join(import.meta.dirname, "live", "main.ts"));
const evil = `</script><script>alert("1")</script><!-- & 'x'`;

function evilResults() {
  const results = inventedFullResults({ runs: 1, short: true });
  results.environment.machine = evil;
  for (const row of results.chapters) {
    row.label = evil.slice(0, 30);
  }
  return results;
}

const results = evilResults();
const pictures = drawCharts(viewOf(results));
const html = reportHtml(viewOf(results), pictures);
const withoutPictures = (of: Results) => reportHtml(viewOf(of), []);

it("opens from disk without a network, and fetches nothing", () => {
  const references = [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, target]) => target);

  expect(references.filter((target) => !/^(?:data:|#)/.test(target ?? ""))).toEqual([]);
  expect(html).not.toMatch(/@import|url\((?!#|data:)/);
  expect(html).toContain("default-src 'none'");
});

it("links to the replay beside it, if there is one", () => {
  const link = '<a href="replay.html">';

  expect(reportHtml(viewOf(results), [], { replayFile: "replay.html" })).toContain(link);
  expect(html).not.toContain(link);
});

it("contains the raw results, whatever is in them", () => {
  const [, json = ""] = /<script type="application\/json" id="results">(.*?)<\/script>/s.exec(html) ?? [];

  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(results)));
  // Saved as a file, it reads like one of ours.
  expect(() => parseResults(json, "report.html")).not.toThrow();
});

it("escapes text from the results", () => {
  expect(html).not.toContain("<script>alert");
  expect(html).toContain("&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)");
  // The results, and the script that draws them.
  expect(html.match(/<\/script/gi)).toHaveLength(2);
  expect(html).not.toContain("<!--");
});

it("contains the script that draws the pictures, which can't end its own element", () => {
  expect(html).toContain(`<script>${script()}</script>`);
  expect(script()).not.toMatch(/<\/script|<!--|\bimport\(/i);
  expect(forHtml(`"</SCRIPT><!--"`)).toBe(String.raw`"\x3c/SCRIPT>\x3c!--"`);
});

it("has every picture, with a description, and drawn for readers without scripts", () => {
  const shown = pictures.map(({ name }) => name).filter((name) => name !== "card");
  const named = [...html.matchAll(/<canvas data-picture="([^"]+)"[^>]* role="img" aria-label="[^"]{40,}"/g)];

  expect(new Set(named.map(([, name]) => name))).toEqual(new Set(shown));
  expect(html.match(/<noscript><svg role="img" aria-label="[^"]{40,}"/g)).toHaveLength(shown.length);
  expect(html).toContain('class="stroke-answered"');
  expect(html).not.toMatch(/(?:fill|stroke)="(?:#0B4F8A|white)"/);
});

it("has unique ids, although all pictures come from one mould", () => {
  const ids = [...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
  const used = [...html.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);

  expect(new Set(ids).size).toBe(ids.length);
  expect(used.filter((id) => !ids.includes(id))).toEqual([]);
});

it("says at the top what is not reliable", () => {
  const doubtful = inventedResults();
  doubtful.complete = false;
  doubtful.trustworthy = false;
  doubtful.chapters[0]?.day?.runs[0]?.reasons.push("the machine slept");

  const text = withoutPictures(doubtful);

  expect(text.indexOf("Not everything was measured")).toBeLessThan(text.indexOf("<section>"));
  expect(text).toContain("01 sync: the machine slept");
});

it("says what was repeated and why, for each attempt, but does not warn about it", () => {
  const results = inventedResults();
  const late = { reasons: ["the sender was late: the worst of 80 requests by 30 ms"] };
  Object.assign(results.chapters[0]?.day?.runs[0] ?? {}, { discarded: [late] });

  const text = withoutPictures(results);

  expect(text).toContain("<p>Measured again, because the sender was late: 01 sync (once).</p>");
  expect(text).toContain("<p>01 sync, try 1: the sender was late: the worst of 80 requests by 30 ms.</p>");
  expect(text).not.toContain('class="warning"');
});

it("marks the answers of a saturated machine, and says what used its CPU", () => {
  const results = inventedResults();
  const processor = { busyShare: 0.7, busiestShare: 0.93, ofOneCore: { sender: 0.02, api: 0.614 } };
  Object.assign(results.chapters[0]?.day?.runs[0] ?? {}, { processor });

  const text = withoutPictures(results);

  expect(text).toContain("* The machine was saturated (93 % busy): these answers waited for it, too.");
  expect(text).toMatch(/01 sync<\/th><td>\d+ms\*<\/td><td>\S+\*<\/td><td>\S+\*<\/td><td>\d+ms<\/td>/);
  expect(text).toMatch(/01 sync<\/th><td>70 %<\/td><td>93 %<\/td><td>2 %<\/td><td>-<\/td><td>61 %/);
});

it("has a section for each thing that was measured, and no other", () => {
  const titles = (text: string) => [...text.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title);
  const always = ["Can it be relied on?", "Method and machine", "The raw data"];
  const storm = inventedFullResults({ runs: 1, short: true });
  delete storm.plans.day;
  delete storm.plans.sweep;
  storm.chapters = storm.chapters.map(({ day: _day, closedLoop: _loop, sweep: _sweep, ...row }) => row);

  expect(titles(withoutPictures(storm))).toEqual(["The storm", ...always]);
  expect(titles(html)).toEqual([
    "The short day",
    "How fast it can answer",
    "The storm",
    "The sweep",
    ...always.slice(0, 2),
    "Every customer",
    "The raw data",
  ]);
});

it("compares neighbours over the runs, and gives no verdict with fewer than three", () => {
  const words = "no verdict: 1 of the 3 pairs of runs that it takes";

  expect(withoutPictures(inventedResults({ runs: 1 }))).toContain(words);
  expect(withoutPictures(inventedResults({ runs: 3 }))).toMatch(/times sooner \([\d.]+ to [\d.]+\)/);
});

it("shows what one types as code, escaped like everything else", () => {
  const page = html.replaceAll(/<(script|style).*?<\/\1>/gs, "");

  expect(page).toMatch(/\(try <code>npm run bench[^<`]* runs=3<\/code>\)/);
  expect(page).not.toContain("`");
  expect(sentenceHtml("`<b>` & `x")).toBe("<code>&lt;b&gt;</code> &amp; `x");
});
