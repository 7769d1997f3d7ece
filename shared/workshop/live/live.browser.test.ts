import { describe, expect, it, onTestFinished } from "vitest";
import { addAxe, isBrowserHere, openUrl, violationsOf } from "#shared/testing/browser.ts";
import { deviceAt } from "#shared/devices.ts";
import { inventedSession, liveServer } from "./testing/invented-session.ts";
import type { InventedSession } from "./testing/invented-session.ts";
import { serveLive } from "./server.ts";

/** A customer who asks, is accepted, and whose message waits. */
function accept({ note }: InventedSession, nth: number): void {
  const { customerId, macAddress } = deviceAt(nth - 1);
  const eventId = `e-${nth}`;
  const body = JSON.stringify({ eventId, macAddress });
  note({ kind: "asked", request: nth, customerId, macAddress });
  note({ kind: "claimed", eventId, macAddress, isFirst: true, by: "api" });
  note({
    kind: "sent",
    queue: "work",
    row: nth,
    body,
    messageId: `m-${nth}`,
    visibleAtMs: Date.now(),
    by: "api",
  });
  note({ kind: "written", eventId, status: "accepted", by: "api" });
  note({ kind: "answered", request: nth, status: 202, eventId });
}

describe.skipIf(!(await isBrowserHere()))("the live page in a browser", () => {
  it("shows in each chapter what its trace says, as it comes, and loads nothing from elsewhere", async () => {
    const { url, sessions } = await liveServer("06", "07");
    const [first, second] = sessions as [InventedSession, InventedSession];
    accept(first, 1);
    const { page, requests, complaints } = await openUrl(url, { colorScheme: "dark" });
    const accepted = (at: number) => page.locator(".panel").nth(at).locator("dd").first();
    const caption = (at: number) => page.locator(".panel").nth(at).locator("text", { hasText: "waiting" });
    await expect.poll(() => accepted(0).textContent()).toBe("1");

    accept(second, 1);
    accept(second, 2);
    first.note({ kind: "deleted", queue: "work", row: 1, by: "i-1" });

    await expect.poll(() => accepted(1).textContent()).toBe("2");
    await expect.poll(() => caption(1).textContent()).toBe("2 waiting, 0 hidden");
    await expect.poll(() => page.locator("text", { hasText: "1 lost" }).count()).toBe(1);
    await addAxe(page);
    expect(await violationsOf(page)).toEqual([]);
    expect(requests.filter((each) => !each.startsWith(url))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("is worked by the terminal's keys, by buttons and by dials, on all chapters at once", async () => {
    const { url, sessions } = await liveServer("06", "07");
    const { page } = await openUrl(url);

    await page.keyboard.press("k");
    await page.getByRole("button", { name: "Burst of 20" }).press("Enter");
    await page.getByRole("slider", { name: "vendor's places" }).focus();
    await page.keyboard.press("ArrowLeft");

    for (const { pressed, turned } of sessions) {
      await expect.poll(() => pressed).toEqual(["k", "b"]);
      await expect.poll(() => turned).toEqual([{ capacity: 19 }]);
    }
    await expect.poll(() => page.locator(".sentence").nth(1).textContent()).toBe("07 did b");
  });

  it("keeps the last picture when its chapter has ended, says so, and goes on with the next one", async () => {
    const { url, sessions, close } = await liveServer("07");
    const [session] = sessions as [InventedSession];
    accept(session, 1);
    const { page } = await openUrl(url);
    const accepted = page.locator(".panel dd").first();
    await expect.poll(() => accepted.textContent()).toBe("1");

    await close();

    await page.getByRole("alert").filter({ hasText: "07 can't be reached" }).waitFor();
    expect(await accepted.textContent()).toBe("1");

    const again = inventedSession("07");
    [1, 2, 3].forEach((nth) => accept(again, nth));
    const server = await serveLive([again.session], () => {}, Number(new URL(url).port));
    onTestFinished(() => server.close());

    await expect.poll(() => accepted.textContent(), { timeout: 30_000 }).toBe("3");
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("shows the story of a customer, and can be paused", async () => {
    const { url, sessions } = await liveServer("07");
    const [session] = sessions as [InventedSession];
    accept(session, 31);
    const { page } = await openUrl(url, { viewport: { width: 390, height: 844 } });
    const accepted = page.locator(".panel dd").first();
    await expect.poll(() => accepted.textContent()).toBe("1");

    await page.getByRole("textbox", { name: "Customer" }).fill("31");
    await page.keyboard.press("Enter");
    await page.getByText("The customer asked").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Pause" }).press("Enter");
    accept(session, 32);

    await expect.poll(() => page.getByRole("button", { name: "Go on" }).count()).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.getByRole("button", { name: "Go on" }).press("Enter");
    await expect.poll(() => accepted.textContent()).toBe("2");
  });
});
