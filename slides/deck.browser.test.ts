import { describe, expect, it } from "vitest";
import { buildDeck } from "./deck.ts";
import { isBrowserHere, openPage } from "#shared/testing/browser.ts";
import { slideNumber } from "./testing/look.ts";
import {
  answeredIn,
  buildSlides,
  ownResults,
  referenceResults,
  rootWith,
  rootWithTraces,
} from "./testing/results.ts";

describe.skipIf(!(await isBrowserHere()))("the deck in a browser", () => {
  it("switches by a key from your own figures and charts to the reference's, and back", async () => {
    const own = ownResults((results) => answeredIn(results, { "02": 6 }));
    const root = rootWith({ reference: referenceResults(), own: { now: own } });
    const { page } = await openPage({ html: buildDeck({ length: "20", root }).html });
    const slide = page.locator("section", { has: page.locator('canvas[data-picture="two-clocks"]') }).first();
    const at = await page.evaluate(() =>
      [...document.querySelectorAll(".slides > section")].findIndex((each) =>
        each.querySelector('[data-picture="two-clocks"]'),
      ),
    );
    await page.evaluate((number) => void (location.hash = `#/${number}`), at);
    const canvas = slide.locator("canvas");
    const shown = async () => ({
      drawn: await canvas.getAttribute("data-drawn"),
      label: (await canvas.getAttribute("aria-label"))?.match(/02 ticket: answered \w+/)?.[0],
      source: (await slide.locator(".source").textContent())?.slice(0, 13),
    });
    await canvas.and(page.locator("[data-drawn]")).waitFor();

    const first = await shown();
    await page.keyboard.press("r");
    const second = await shown();
    await page.keyboard.press("r");

    expect(first).toEqual({ drawn: "own", label: "02 ticket: answered 6ms", source: "Measured here" });
    expect(second).toEqual({
      drawn: "reference",
      label: "02 ticket: answered 10ms",
      source: "Reference run",
    });
    expect(await shown()).toEqual(first);
  });

  it("has keys for dark colours, the overview, and an exercise's countdown", async () => {
    const { page } = await openPage({ html: buildDeck({ length: "90", referenceOnly: true }).html });
    const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);

    expect(await theme()).toBe("light");
    await page.keyboard.press("d");
    expect(await theme()).toBe("dark");

    await page.keyboard.press("o");
    const seen = page.locator(".reveal.overview .slides > section h2").and(page.locator(":visible"));
    expect(await seen.count()).toBeGreaterThan(2);
    await page.keyboard.press("o");

    const at = await page.evaluate(() =>
      [...document.querySelectorAll(".slides > section")].findIndex((each) =>
        each.querySelector(".countdown"),
      ),
    );
    await page.evaluate((number) => void (location.hash = `#/${number}`), at);
    const countdown = page.locator("section.present .countdown");
    await countdown.waitFor();
    await page.keyboard.press("t");
    await page.waitForFunction(() =>
      document.querySelector(".present .countdown strong")?.textContent?.endsWith(":58"),
    );
    await page.keyboard.press("t");
    expect(await countdown.getAttribute("class")).not.toContain("running");
  });

  it("has a presenter view with the notes, which moves on with the deck", async () => {
    const { page, context, complaints } = await openPage({
      html: buildDeck({ length: "20", referenceOnly: true }).html,
    });

    const opening = context.waitForEvent("page");
    await page.keyboard.press("s");
    const presenter = await opening;
    const notes = presenter.locator(".speaker-controls-notes .value");
    await notes.filter({ hasText: "One question for the whole time" }).waitFor();
    await page.keyboard.press("ArrowRight");

    await notes.filter({ hasText: "Three steps" }).waitFor();
    await presenter
      .frameLocator("#current-slide iframe")
      .locator("section.present h2", { hasText: "Asynchronous" })
      .waitFor();
    expect(complaints).toEqual([]);
  });

  describe("a replay", () => {
    const replayed = () =>
      buildSlides(
        rootWithTraces(),
        { body: "```replay 02 07\n```", front: "layout: picture\n" },
        { body: "Words." },
      ).html;

    it("plays while its slide is visible, and takes no key from the deck", async () => {
      const html = replayed();
      const { page, context, url, requests, complaints } = await openPage({
        html,
        reducedMotion: "no-preference",
      });
      const clock = page.locator(".replay .time strong");
      const play = page.locator(".replay .play");
      const atMs = async () => 1_000 * Number.parseFloat((await clock.textContent()) ?? "");
      const soon = { timeout: 30_000 };

      await expect.poll(atMs, soon).toBeGreaterThan(100);
      // Otherwise a slow machine would show only its end. One that has already come there begins again, slowly.
      await page.locator('.replay .speeds input[value="0.1"]').check({ force: true });
      if ((await play.textContent()) === "Play") {
        await page.keyboard.press("t");
      }
      await page.keyboard.press("t");
      expect(await play.textContent()).toBe("Play");
      await page.getByRole("slider", { name: "Time" }).focus();
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowRight");
      await expect.poll(atMs, soon).toBe(100);
      await page.locator(".replay .panels").click();
      await page.keyboard.press("m");
      await expect.poll(atMs, soon).toBe(1_000);
      await play.focus();
      await page.keyboard.press(" ");
      await expect.poll(atMs, soon).toBeGreaterThan(1_000);
      expect(await slideNumber(page)).toBe(1);

      await page.keyboard.press("ArrowRight");
      const left = await atMs();
      await page.evaluate(
        () => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))),
      );
      expect([await slideNumber(page), await play.textContent(), await atMs()]).toEqual([2, "Play", left]);
      await page.keyboard.press("ArrowLeft");
      await expect.poll(atMs, soon).toBeGreaterThan(left);
      expect(requests).toEqual([url]);

      const opening = context.waitForEvent("page");
      await page.keyboard.press("s");
      const presenter = await opening;
      const preview = presenter.frameLocator("#current-slide iframe");
      await preview.locator("body[data-ready]").waitFor();
      expect(await preview.locator(".replay .play").textContent()).toBe("Play");
      await presenter.keyboard.press("t");
      await expect.poll(() => play.textContent(), soon).toBe("Play");
      expect(complaints).toEqual([]);
    });

    it("becomes its bookmarks on paper", async () => {
      const { page } = await openPage({ html: replayed(), hash: "?print-pdf" });

      const stills = await page.locator(".still").evaluateAll((all) =>
        all.map((still) => {
          const { right, bottom } = still.getBoundingClientRect();
          const sheet = still.closest("section")!.getBoundingClientRect();
          const colours = [...still.querySelectorAll("canvas")].map((canvas) => {
            const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
            return new Set(new Uint32Array(data.buffer)).size > 5;
          });
          const name = still.querySelector("figcaption")!.textContent;
          return [name, ...colours, right <= sheet.right && bottom <= sheet.bottom - 50];
        }),
      );

      expect(stills).toEqual([
        ["1.00 s kill, 02 first loss", true, true, true],
        [expect.stringMatching(/^\d\.\d\d s 07 first twice$/), true, true, true],
      ]);
      expect(await page.locator(".replay .play").count()).toBe(0);
    });
  });
});
