import { describe, expect, it } from "vitest";
import { buildDeck } from "./deck.ts";
import { addAxe, isBrowserHere, openPage, violationsOf } from "#shared/testing/browser.ts";
import { slideNumber } from "./testing/look.ts";

describe.skipIf(!(await isBrowserHere()))("every slide of the deck, by axe-core", () => {
  it.each(["light", "dark"] as const)("is accessible in %s colours", async (colorScheme) => {
    const { page } = await openPage({
      html: buildDeck({ length: "full", referenceOnly: true }).html,
      colorScheme,
    });
    await addAxe(page);
    const violations: string[] = [];

    for (let number = 1, last = 0; number !== last; number = await slideNumber(page)) {
      last = number;
      await page.evaluate(() => {
        for (const part of document.querySelectorAll(".present .fragment")) {
          part.classList.add("visible");
        }
      });
      const found = await violationsOf(page, ".slides > section.present");
      violations.push(...found.map((each) => `slide ${number}: ${each}`));
      await page.evaluate((next) => void (location.hash = `#/${next}`), number);
      await page.waitForFunction(
        (next) => document.querySelectorAll(".slides > section")[next]?.matches(".present") ?? true,
        number,
      );
    }

    expect(violations).toEqual([]);
  });
});
