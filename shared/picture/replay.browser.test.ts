import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { addAxe, isBrowserHere, openPage, violationsOf } from "#shared/testing/browser.ts";
import { inventedRun } from "#shared/testing/invented-run.ts";
import { mostBytes, replayHtml } from "./replay-page.ts";

const evil = `<img src=x onerror="document.title='evil'">`;
const storm = { customers: 60, perSecond: 20, killAtMs: 1_500, everyNthTwice: 5, poison: [7], seed: 3 };
/** Many moments with a name, near each other. */
const busy = { ...storm, outage: { fromMs: 1_600, toMs: 1_700 } };
const panelOf = (kind: "memory" | "check" | "lease", title: string, run: typeof storm) => ({
  title,
  trace: inventedRun({ kind, ...run }),
  places: {},
  remarks: [],
});
const htmlOf = (run: typeof storm) =>
  replayHtml({
    title: "The same customers, two chapters",
    source: `An invented run ${evil}`,
    panels: [
      panelOf("memory", "02 · A ticket instead of a wait", run),
      panelOf("lease", `07 · A lease ${evil}`, run),
    ],
  });
const html = htmlOf(storm);

const clockOf = (page: Page) => page.locator(".time strong");
const countOf = (page: Page, chapter: number, name: string) =>
  page
    .locator(".panel")
    .nth(chapter)
    .locator(".counts div", { has: page.locator(`dt:text-is("${name}")`) })
    .locator("dd");

/** How many colours a chapter's canvas has. No picture has fewer than a few. */
const coloursOf = (page: Page, chapter: number): Promise<number> =>
  page
    .locator(".panel canvas")
    .nth(chapter)
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });

describe.skipIf(!(await isBrowserHere()))("a replay in a browser", () => {
  it.each([
    { viewport: { width: 1_280, height: 720 }, colorScheme: "light" },
    { viewport: { width: 1_920, height: 1_080 }, colorScheme: "dark" },
    { viewport: { width: 390, height: 844 }, colorScheme: "light" },
  ] as const)(
    "fits a screen of $viewport.width in $colorScheme colours, and loads nothing",
    async (screen) => {
      const { page, url, requests, complaints } = await openPage({
        html,
        hash: "#t=1.6&select=c-31",
        ...screen,
      });

      const faults = await page.evaluate(() => {
        const across = document.documentElement.scrollWidth - innerWidth;
        const hidden = [...document.querySelectorAll(".stage text")].filter((text) => {
          const [own, stage] = [
            text.getBoundingClientRect(),
            text.closest(".stage")!.getBoundingClientRect(),
          ];
          return own.left < stage.left - 20 || own.right > stage.right + 20 || own.bottom > stage.bottom + 4;
        });
        return [...(across > 0 ? [`${across} px too wide`] : []), ...hidden.map((text) => text.textContent)];
      });
      await addAxe(page);

      expect(faults).toEqual([]);
      expect(await violationsOf(page)).toEqual([]);
      expect(await coloursOf(page, 0)).toBeGreaterThan(5);
      expect(await coloursOf(page, 1)).toBeGreaterThan(5);
      expect(await page.title()).not.toBe("evil");
      expect(requests).toEqual([url]);
      expect(complaints).toEqual([]);
    },
  );

  it("shows both pictures, the time and four lines of its bookmarks without scrolling", async () => {
    const { page } = await openPage({ html: htmlOf(busy), viewport: { width: 1_280, height: 720 } });
    const below = () =>
      page
        .locator(".panel, .controls button, .scrubber input")
        .evaluateAll((all) =>
          all.filter((one) => one.getBoundingClientRect().bottom > innerHeight).map((one) => one.textContent),
        );
    const lines = () =>
      page.locator(".names").evaluate((names) => Number(getComputedStyle(names).getPropertyValue("--lines")));

    await expect.poll(lines).toBe(4);
    expect(await below()).toEqual([]);

    await page.setViewportSize({ width: 1_920, height: 1_080 });
    await expect.poll(below).toEqual([]);
  });

  it("shows the moment of the kill, what it lost, and the moment before it", async () => {
    const { page } = await openPage({ html });

    await page.getByRole("button", { name: /^kill, at 1.50 s/ }).click();
    await expect.poll(() => clockOf(page).textContent()).toBe("1.50 s");
    const after = Number(await countOf(page, 0, "lost").textContent());
    await page.keyboard.press(",");

    expect(after).toBeGreaterThan(3);
    await expect.poll(() => countOf(page, 0, "lost").textContent()).toBe("0");
    expect(await countOf(page, 1, "lost").textContent()).toBe("0");
    expect(await page.getByRole("status").textContent()).toMatch(/^At 1\.\d\d s: 02: \d+ accepted, .*; 07: /);
  });

  it("works with keys alone: play, pause, speed, steps, bookmarks, slider, colours, and a story", async () => {
    const { page } = await openPage({ html, reducedMotion: "no-preference" });
    const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);
    const atMs = async () => 1_000 * Number.parseFloat((await clockOf(page).textContent()) ?? "");

    await expect.poll(atMs).toBeGreaterThan(100);
    await page.keyboard.press(" ");
    const paused = await atMs();
    await page.keyboard.press("]");
    await expect.poll(atMs).toBeGreaterThan(paused);
    await page.keyboard.press("[");
    await page.keyboard.press("+");
    expect(await page.locator(".speeds input:checked").getAttribute("value")).toBe("2");
    const before = await theme();
    await page.keyboard.press("d");
    expect(await theme()).not.toBe(before);
    await page.getByRole("slider", { name: "Time" }).focus();
    await page.keyboard.press("End");
    await expect.poll(atMs).toBeGreaterThan(5_000);
    await page.keyboard.press("Home");
    await expect.poll(atMs).toBe(0);

    await page.getByRole("textbox", { name: "Customer" }).focus();
    await page.keyboard.type("31");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "c-31" }).waitFor();
    expect(await page.locator("aside li code").allTextContents()).toContain("active");
    expect(await page.locator("aside").textContent()).not.toContain("`");
    await page.locator("aside .close").focus();
    await page.keyboard.press(".");
    await expect.poll(atMs).toBeGreaterThan(1_000);
    await page.keyboard.press("Escape");
    expect(await page.locator("aside").isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Customer");
  });

  it("lets the tab key reach every control, each with a name and large enough", async () => {
    const { page } = await openPage({ html, hash: "#t=1.6" });
    const wanted = await page.locator("button, input:not([type=radio]), input:checked").count();
    const reached = new Set<string>();

    for (let pressed = 0; pressed < 2 * wanted; pressed += 1) {
      await page.keyboard.press("Tab");
      reached.add(
        await page.evaluate(() => {
          const { activeElement: here } = document;
          return String([...document.querySelectorAll("button, input")].indexOf(here!));
        }),
      );
    }
    reached.delete("-1");

    expect(reached.size).toBe(wanted);
    expect(
      await page.locator("button").evaluateAll((all) => all.filter((one) => one.clientHeight < 16).length),
    ).toBe(0);
  });

  it("opens the story of a clicked dot", async () => {
    const { page } = await openPage({ html, hash: "#t=1.45" });
    const canvas = page.locator(".panel canvas").nth(1);
    const { width = 0, height = 0 } = (await canvas.boundingBox()) ?? {};
    const heading = page.locator("aside h2");

    // Some dot of the function's environments, which are in the middle of the picture.
    for (let x = 0.55; x < 0.78 && !(await heading.isVisible()); x += 0.012) {
      await canvas.click({ position: { x: width * x, y: height * 0.23 } });
    }

    expect(await heading.textContent()).toMatch(/^c-\d+$/);
  });

  it("advances in steps without gliding if the reader wants reduced motion", async () => {
    const { page } = await openPage({ html });
    // From here on the page's time passes only when told to, so no machine is too slow for sixty frames a second.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1_000);
    const moments = async (frames: number) => {
      const shown = new Set<number>();
      for (let frame = 0; frame < frames; frame += 1) {
        await page.clock.runFor(20);
        shown.add(Number.parseFloat((await clockOf(page).textContent()) ?? ""));
      }
      return [...shown];
    };

    await page.keyboard.press(" ");

    expect(await moments(20)).toEqual([0]);
    // Half a second, and at most a frame more.
    const steps = [0.5, 1, 1.5].map((seconds) => expect.closeTo(seconds, 1) as unknown);
    expect(await moments(60)).toEqual([0, ...steps]);
  });
});

it("is a small enough file, in which no text can end its element", () => {
  expect(html.length).toBeLessThan(mostBytes);
  expect(html).not.toContain("<img src=x");
  expect(html).toContain("default-src 'none'");
});
