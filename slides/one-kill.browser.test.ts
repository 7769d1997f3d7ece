import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import { readTrace } from "#shared/tracing/activations.ts";
import { oneKill } from "../bench/telling/charts/animated/one-kill.ts";
import { lightTheme } from "#shared/picture/theme.ts";
import { isBrowserHere, openContext } from "#shared/testing/browser.ts";
import { scratchFolder } from "#shared/testing/scratch.ts";

const [early, late] = [activationOf(1), activationOf(2)];

/** One device works after a second. The other is lost in memory, or comes back after six. */
function drawn(): string {
  const begin = [early, late].flatMap((each, at) => [
    each.asked(500 + at * 3_000),
    each.claimed(505 + at * 3_000),
    each.answered(510 + at * 3_000, 202),
  ]);
  const works = early.written(1_500, "api", "active");
  const memory = inventedTrace(
    [
      ...begin,
      late.written(3_508, "api", "accepted"),
      works,
      { ms: 4_000, kind: "killed", target: "api", pid: 1 },
    ],
    { chapter: "02-ticket", row: "02" },
  );
  const lock = inventedTrace([
    ...begin,
    works,
    late.sent(3_506),
    late.invoked(3_510, 1, "i1"),
    { ms: 4_000, kind: "environmentEnded", environment: 1, why: "killed" },
    late.invoked(9_500, 2, "i2"),
    late.written(10_000, "i2", "active"),
  ]);
  return oneKill([readTrace(memory), readTrace(lock)])?.svg(lightTheme) ?? "";
}

/** Opens the picture. Returns how many marks of a kind are visible at a moment of its clock. */
async function open(reducedMotion: "reduce" | "no-preference") {
  const page = await (await openContext({ reducedMotion })).newPage();
  const file = join(scratchFolder(), "one-kill.svg");
  writeFileSync(file, drawn());
  await page.goto(pathToFileURL(file).href);
  const seen = (kind: string) =>
    page.evaluate((selector) => {
      // Chromium's checkVisibility counts what is inside `display: none` as visible in an SVG.
      const isSeen = (mark: Element) =>
        mark.closest(".m, .s") !== null &&
        mark.getClientRects().length > 0 &&
        getComputedStyle(mark).visibility === "visible";
      return [...document.querySelectorAll(selector)].filter(isSeen).length;
    }, `.${kind}`);
  const goTo = (seconds: number) =>
    page.evaluate((time) => {
      const picture = document.querySelector("svg");
      picture?.pauseAnimations();
      picture?.setCurrentTime(time);
    }, seconds);
  return { seen, goTo };
}

describe.skipIf(!(await isBrowserHere()))("the animated picture of a kill", () => {
  it("shows what works and what is lost at its moment, and starts again", async () => {
    const { seen, goTo } = await open("no-preference");
    const at = async (seconds: number) => {
      await goTo(seconds);
      return [await seen("d"), await seen("w"), await seen("x")];
    };

    expect(await at(0.2)).toEqual([0, 0, 0]);
    expect(await at(1)).toEqual([2, 0, 0]);
    expect(await at(3)).toEqual([0, 2, 0]);
    expect(await at(5)).toEqual([1, 2, 1]);
    expect(await at(12)).toEqual([0, 3, 1]);
    // 10.0 s, 0.6 s to the last place, and 3 s of pause: the second round.
    expect(await at(13.6 + 0.3)).toEqual([0, 0, 0]);
    expect(await at(13.6 + 3)).toEqual([0, 2, 0]);
  });

  it("stands still, at its end, for readers who want less motion", async () => {
    const { seen } = await open("reduce");

    expect([await seen("d"), await seen("w"), await seen("x")]).toEqual([0, 3, 1]);
  });
});
