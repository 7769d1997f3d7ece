import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { escaped } from "#shared/html.ts";
import type { Results } from "#shared/results.ts";
import { viewOf } from "../../figures/view.ts";
import { inventedFullResults } from "../../testing/invented.ts";
import { inventedResults } from "../../testing/invented.ts";
import { drawCard, drawCharts, renderPng, renderSvg } from "./draw.ts";
import { chartConfig } from "./drawing/picture.ts";
import { picturesOf } from "./pictures.ts";
import { darkTheme, lightTheme } from "#shared/picture/theme.ts";

const charts = drawCharts(viewOf(inventedResults()));
const full = inventedFullResults({ runs: 1 });

const sizeOf = (png: Uint8Array) => {
  const header = Buffer.from(png);
  expect(header.subarray(1, 4).toString()).toBe("PNG");
  return [header.readUInt32BE(16), header.readUInt32BE(20)];
};

it("draws each picture at twice 1,600 x 900, and as a scalable SVG", () => {
  for (const { png, svg } of charts) {
    expect(sizeOf(png())).toEqual([3_200, 1_800]);
    expect(svg.light).toContain('viewBox="0 0 1600 900"');
  }
});

it("writes text as text in an SVG, as wide as in our font on every machine", () => {
  for (const picture of picturesOf(viewOf(full))) {
    const svg = renderSvg(picture, darkTheme);
    const texts = [...svg.matchAll(/<text [^>]*textLength="([\d.]+)"[^>]*>([^<]+)<\/text>/g)].map(
      ([, fit, words = ""]) => ({ fit: Number(fit), words }),
    );
    expect(texts).toHaveLength(svg.split("<text").length - 1);
    const named = [picture.note, ...picture.legend(darkTheme).map(({ label }) => label)].map(escaped);
    expect(texts.map(({ words }) => words)).toEqual(expect.arrayContaining(named));
    // Without our font no text would have a width.
    expect(texts.filter(({ words, fit }) => fit < 4 * words.length)).toEqual([]);
  }
});

it("draws the same picture from the same results", () => {
  const hash = (png: Uint8Array) => createHash("sha256").update(png).digest("hex");
  const draw = (results: Results) =>
    picturesOf(viewOf(results))
      .filter(({ name }) => ["two-clocks", "storm"].includes(name))
      .map((each) => hash(renderPng(each, lightTheme)));

  expect(draw(structuredClone(full))).toEqual(draw(full));
});

it("has sentences from the data as titles", () => {
  expect(picturesOf(viewOf(full)).map(({ name, title }) => [name, title.replaceAll("\u00A0", " ")])).toEqual([
    ["two-clocks", "02 answers 62 times sooner than 01; the device works no sooner."],
    ["eighty-customers", "Killed at 4 s: 01 fails 5 customers, 02 forgets 3, 07 finishes all that can be."],
    ["response-time", "An answer that waits for the vendor takes 479 ms; without, 7 ms to 7.9 ms."],
    [
      "latency-percentiles",
      "95 of 100 customers are answered within 14 ms by 03 to 07+key; 01 and 02 never answer so many.",
    ],
    [
      "storm",
      "Killed 3 times and cut off for 2 s: 01 fails 102 customers; 02 forgets 22 and 06 26; 03 to 05, 07 and 07+key lose none.",
    ],
    ["scoreboard", "Only 07+key loses none, does none twice, gives none up and leaves none waiting."],
    [
      "arrival-rate",
      "03 can take 2 a second, 04 and 07 can take 40; from 60 on, customers of 01 get errors.",
    ],
  ]);
});

it("says what it shows of several runs", () => {
  const notes = Object.fromEntries(
    picturesOf(viewOf(inventedFullResults({ runs: 3, short: true }))).map(({ name, note }) => [name, note]),
  );

  expect(notes["scoreboard"]).toContain("medians of times, sums of counts");
  expect(notes["storm"]).toContain("shown: the first run");
  expect(notes["eighty-customers"]).toContain("shown: the first run");
});

it("has words for marks that you point at, inside the picture", () => {
  for (const picture of picturesOf(viewOf(full))) {
    const { datasets } = chartConfig(picture, lightTheme).data;
    const spots = datasets.flatMap(({ data }) => data);
    expect([picture.name, spots.length > 10]).toEqual([picture.name, true]);
    for (const { x, y, label } of spots) {
      expect(label).toMatch(/^\d\d .*(\d|never)/);
      expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
    }
  }
});

function without(results: Results, part: "day" | "storm" | "sweep"): Results {
  const { [part]: _plan, ...plans } = results.plans;
  return { ...results, plans, chapters: results.chapters.map((row) => ({ ...row, [part]: undefined })) };
}

it.each([
  ["storm", "two-clocks, eighty-customers, response-time, latency-percentiles, arrival-rate"],
  ["day", "latency-percentiles, storm, scoreboard, arrival-rate"],
  ["sweep", "two-clocks, eighty-customers, response-time, latency-percentiles, storm, scoreboard"],
] as const)("draws what there is where no %s was measured", (part, names) => {
  const pictures = picturesOf(viewOf(without(full, part)));

  expect(pictures.map(({ name }) => name).join(", ")).toBe(names);
});

it.each([
  ["two rows", 2],
  ["one row", 1],
  ["none", 0],
])("draws %s without an error", (_name, count) => {
  const pictures = picturesOf(viewOf({ ...full, chapters: full.chapters.slice(0, count) }));

  expect(pictures.length > 0).toBe(count > 0);
  for (const picture of pictures) {
    expect(picture.title).toMatch(/^[A-Z\d].*\.$/);
    expect(picture.title).not.toMatch(/undefined|NaN|Infinity|null/);
    expect(renderSvg(picture, lightTheme)).toContain("</svg>");
  }
});

it("draws labels with HTML characters unchanged", () => {
  const evil = `"><script>alert(1)</script>&amp;`;
  const chapters = full.chapters.map((row) => ({ ...row, label: evil }));

  for (const picture of picturesOf(viewOf({ ...full, chapters }))) {
    const svg = renderSvg(picture, lightTheme);
    expect(svg).not.toContain("<script");
    expect(svg).toContain("</svg>");
  }
});

it("draws a card of 1,200 x 630 to share, but not for a single row", () => {
  const card = drawCard(viewOf(full));

  expect(card && sizeOf(card)).toEqual([2_400, 1_260]);
  expect(drawCard(viewOf(without(full, "day")))).toBeDefined();
  expect(drawCard(viewOf({ ...full, chapters: full.chapters.slice(0, 1) }))).toBeUndefined();
});
