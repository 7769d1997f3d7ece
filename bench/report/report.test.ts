import { expect, it } from "vitest";
import { parseResults } from "#shared/results.ts";
import { drawCharts } from "../charts/draw.ts";
import { inventedResults } from "../testing/invented.ts";
import { reportHtml } from "./report.ts";

const evil = `</script><script>alert("1")</script><!-- & 'x'`;

function evilResults() {
  const results = inventedResults();
  results.environment.machine = evil;
  for (const row of results.chapters) {
    row.label = evil.slice(0, 30);
  }
  return results;
}

const results = evilResults();
const html = reportHtml(results, drawCharts(results));

it("opens from disk without a network: nothing is fetched from anywhere", () => {
  const references = [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, target]) => target);

  expect(references.filter((target) => !/^(?:data:|#)/.test(target ?? ""))).toEqual([]);
  expect(html).not.toMatch(/@import|url\((?!#)/);
});

it("carries the raw results, whatever is in them", () => {
  const [, json = ""] = /<script type="application\/json" id="results">(.*?)<\/script>/s.exec(html) ?? [];

  expect(parseResults(json, "report.html")).toEqual(JSON.parse(JSON.stringify(results)));
});

it("shows text from the results as text", () => {
  expect(html).not.toContain("<script>alert");
  expect(html).toContain("&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)");
  expect(html.match(/<\/script>/g)).toHaveLength(1);
});

it("has every picture, with words for those who can't see it, in the page's own colours", () => {
  expect(html.match(/<svg role="img" aria-label="[^"]{40,}"/g)).toHaveLength(3);
  expect(html).toContain('class="stroke-answered"');
  expect(html).not.toMatch(/(?:fill|stroke)="(?:#0B4F8A|white)"/);
});

it("names each thing once, though the pictures come from one mould", () => {
  const ids = [...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
  const used = [...html.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);

  expect(new Set(ids).size).toBe(ids.length);
  expect(used.filter((id) => !ids.includes(id))).toEqual([]);
});

it("says above everything else what can't be trusted", () => {
  const doubtful = inventedResults();
  doubtful.complete = false;
  doubtful.chapters[0]?.day?.runs[0]?.reasons.push("the machine slept");

  const text = reportHtml(doubtful, []);

  expect(text.indexOf("Not everything was measured")).toBeLessThan(text.indexOf("<section>"));
  expect(text).toContain("01 sync: the machine slept");
});
