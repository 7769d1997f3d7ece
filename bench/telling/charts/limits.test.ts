import { expect, it } from "vitest";
import type { Limit, LimitProbe } from "#shared/limit.ts";
import { parseResults, resultsJson } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { darkTheme, lightTheme } from "#shared/picture/theme.ts";
import { viewOf } from "../../figures/view.ts";
import { inventedResults } from "../../testing/invented.ts";
import { reportHtml } from "../report/report.ts";
import { drawCharts, renderSvg } from "./draw.ts";
import { logTicks } from "./drawing/picture.ts";
import { picturesOf } from "./pictures.ts";

const probe = (perSecond: number, kept: boolean): LimitProbe => ({
  perSecond,
  seconds: 14,
  kept,
  answered: { inTime: 1, of: 1, p95Ms: 20 },
  backlog: { middle: 0, end: 0 },
  donePerSecond: perSecond,
});
const limit = (id: string, of: Partial<Limit>): Limit => ({
  id,
  label: id,
  of: id,
  promised: { answeredMs: 100, worksMs: 2_000 },
  fromPerSecond: 24.2,
  confidence: 0.8,
  cause: "queue",
  why: "the queue's growth: <b>61</b> waited",
  probes: [probe(20, true), probe(30, false)],
  tookSeconds: 84,
  ...of,
});
const limits = [
  limit("03", { fromPerSecond: 0.94, toPerSecond: 1.66, throughputPerSecond: 2.3, broke: "works" }),
  limit("04", { toPerSecond: 28.4, throughputPerSecond: 28.5, broke: "works" }),
  limit("url", { fromPerSecond: 512, promised: { answeredMs: 100 } }),
];
const results: Results = { ...inventedResults(), plans: {}, chapters: [], limits };

it("draws an interval for each, in light and dark, with a sentence from the data", () => {
  const [picture, ...others] = picturesOf(viewOf(results));

  expect(others).toEqual([]);
  expect(picture).toMatchObject({
    name: "limits",
    title:
      "Customers a second that keep the promise: 0.94 to 1.6 with 03, 24 to 28 with 04 and at least 512 with the URL.",
  });
  const [light, dark] = [lightTheme, darkTheme].map((theme) => picture && renderSvg(picture, theme));
  expect(light).toContain(">24 to 28<");
  expect(dark).toContain(">at least 512<");
  expect(light).not.toBe(dark);
  expect(`${picture?.title}${picture?.description}${light}${dark}`).not.toMatch(/undefined|NaN|Infinity/);
  // The words for a user who points at a mark.
  expect(picture?.spots).toHaveLength(6);
});

it("has round numbers on its axis, however little of it is in view", () => {
  expect(logTicks(0.3, 90)).toEqual([0.5, 1, 2, 5, 10, 20, 50]);
  expect(logTicks(0.3, 200)).toEqual([1, 10, 100]);
  expect(logTicks(14, 75)).toEqual([15, 20, 30, 40, 50, 60]);
  const near = { ...limit("02", { fromPerSecond: 39, toPerSecond: 46 }), probes: [probe(41, true)] };
  const [picture] = picturesOf(viewOf({ ...results, limits: [near] }));
  const svg = picture && renderSvg(picture, lightTheme);

  expect(svg).toContain(">30<");
  expect(svg).toContain(">60<");
});

it("names the rows in which no probe broke, since their upper end is a flood's", () => {
  const kept = limit("02", {
    toPerSecond: 46,
    throughputPerSecond: 46,
    broke: "works",
    probes: [probe(41, true)],
  });
  const drawn = [kept, ...limits].map((of) => {
    const [picture] = picturesOf(viewOf({ ...results, limits: [of] }));
    return { words: picture?.description, svg: picture && renderSvg(picture, lightTheme) };
  });

  expect(drawn.map(({ svg }) => svg?.includes(">no probe broke<"))).toEqual([true, false, false, false]);
  expect(drawn[0]?.words).toContain("device works broke first, in a flood");
});

it("has a section in its report with a row for each, and reads back what was written", () => {
  const read = parseResults(resultsJson(results), "limit.json");
  const html = reportHtml(viewOf(read), drawCharts(viewOf(read)));

  expect(read.limits).toEqual(limits);
  expect(html.match(/<h2>The limit<\/h2>/g)).toHaveLength(1);
  expect(html).toContain('data-picture="limits"');
  expect(html).toMatch(/<th scope="row">04<\/th><td>24 to 28<\/td><td>device works<\/td>/);
  expect(html).toContain("The queue&#39;s growth: &lt;b&gt;61");
  expect(html).toContain("6 probes, 0 of them in doubt");
});
