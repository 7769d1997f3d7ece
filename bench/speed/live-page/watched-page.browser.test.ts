import { env } from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { openBrowser } from "#shared/picture/browser.ts";
import { isBrowserHere } from "#shared/testing/browser.ts";
import { liveServer } from "#shared/workshop/live/testing/invented-session.ts";
import { openWatched } from "./watched-page.ts";

const isHere = await isBrowserHere();

describe.skipIf(!isHere)("a page that is watched", () => {
  it("notes how late events are only while it is asked, since it would grow by its notes, and goes on after a look at its heap", async () => {
    const { url, sessions } = await liveServer("07");
    const browser = await openBrowser(env);
    onTestFinished(() => browser?.close());
    let asked = 0;
    const ask = () => {
      asked += 1;
      sessions[0]?.note({ kind: "asked", request: asked, ...deviceAt(asked) });
      sessions[0]?.note({ kind: "answered", request: asked, status: 202, eventId: `e-${asked}` });
    };
    ask();
    const watched = await openWatched(browser!.context, url);
    const page = browser!.context.pages().at(-1)!;
    const accepted = () => page.locator(".panel dd").first().textContent();
    const notes = () =>
      page.evaluate(() => (globalThis as unknown as { noted: { lateMs: number[] } }).noted.lateMs);
    const timer = setInterval(ask, 20);
    onTestFinished(() => clearInterval(timer));

    const lateMs = await watched.eventsLateMs(2_000);
    expect(lateMs.length).toBeGreaterThan(0);
    expect(await watched.heapBytes()).toBeGreaterThan(1e6);

    const before = asked;
    await expect.poll(async () => Number(await accepted())).toBeGreaterThan(before);
    expect(await notes()).toEqual([]);
  });
});
