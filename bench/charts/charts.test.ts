import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { inventedResults } from "../testing/invented.ts";
import { drawCharts } from "./draw.ts";

const charts = drawCharts(inventedResults());

it("draws each picture at twice 1,600 x 900, and as SVG that can be made smaller", () => {
  for (const { png, svg } of charts) {
    const header = Buffer.from(png);
    expect(header.subarray(1, 4).toString()).toBe("PNG");
    expect([header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual([3_200, 1_800]);
    expect(svg.light).toContain('viewBox="0 0 1600 900"');
  }
});

it("draws text as paths, with our fonts: none is left to the reader's machine", () => {
  for (const { svg } of charts) {
    expect(svg.light).not.toContain("<text");
    // Without a font every letter would be missing, and the file a tenth as long.
    expect(svg.light.length).toBeGreaterThan(100_000);
  }
});

it("draws the same picture from the same results", () => {
  const hash = (png: Uint8Array) => createHash("sha256").update(png).digest("hex");

  expect(drawCharts(inventedResults()).map(({ png }) => hash(png))).toEqual(
    charts.map(({ png }) => hash(png)),
  );
});

it("has sentences from the data as titles", () => {
  expect(charts.map(({ name, title }) => [name, title.replaceAll("\u00A0", " ")])).toEqual([
    ["two-clocks", "02 answers 62 times sooner than 01; the device works 1.2 times sooner."],
    ["eighty-customers", "Killed at 4 s: 01 fails 5 customers, 02 forgets 3, 07 finishes all that can be."],
    ["response-time", "An answer that waits for the vendor takes 479 ms; without, 7 ms to 7.9 ms."],
  ]);
});

it.each([
  ["one row", 1],
  ["none", 0],
])("draws %s without complaint", (_name, count) => {
  const results = inventedResults();
  results.chapters.splice(count);

  expect(drawCharts(results)).toHaveLength(3);
});
