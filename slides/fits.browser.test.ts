import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { buildDeck } from "./deck.ts";
import { lengths } from "./read-story.ts";
import { isBrowserHere, openPage } from "#shared/testing/browser.ts";
import { faultsOf, slideNumber } from "./testing/look.ts";

/** Presses the key until the deck doesn't go on, and looks at each step. Returns the faults, and the last slide's number. */
async function walk(page: Page): Promise<{ faults: string[]; last: number }> {
  const faults = new Set<string>();
  const state = async () => {
    const steps = await page.locator(".present .fragment.visible").count();
    return `${await slideNumber(page)} ${steps}`;
  };
  for (let here = await state(), before = ""; here !== before; here = await state()) {
    const number = Number(here.split(" ")[0]);
    (await faultsOf(page)).forEach((fault) => faults.add(`slide ${number}: ${fault}`));
    before = here;
    await page.keyboard.press("ArrowRight");
  }
  return { faults: [...faults], last: await slideNumber(page) };
}

describe.skipIf(!(await isBrowserHere()))("every slide of the deck in a browser", () => {
  const viewports = [
    { width: 1_280, height: 720 },
    { width: 1_920, height: 1_080 },
  ];

  it.each(lengths.flatMap((length) => viewports.map((viewport) => ({ length, viewport }))))(
    "fits every slide of $length into $viewport.width x $viewport.height, step by step",
    async ({ length, viewport }) => {
      const { html, slideCount } = buildDeck({ length, referenceOnly: true });
      const { page, url, requests, complaints } = await openPage({ html, viewport });

      const { faults, last } = await walk(page);

      expect(faults).toEqual([]);
      expect(last).toBe(slideCount);
      expect(requests).toEqual([url]);
      expect(complaints).toEqual([]);
    },
  );
});
