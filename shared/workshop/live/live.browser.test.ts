import type { Page, Route } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { addAxe, isBrowserHere, openUrl, violationsOf } from "#shared/testing/browser.ts";
import { deviceAt } from "#shared/devices.ts";
import { eventsKept, inventedSession, liveServer } from "./testing/invented-session.ts";
import type { InventedSession } from "./testing/invented-session.ts";
import type { Noted } from "#shared/tracing/recorder.ts";
import type { ChapterTrace } from "#shared/tracing/chapter-trace.ts";
import { findChapter } from "#shared/run/chapters.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { serveLive } from "./server.ts";
import { LiveSession } from "./session.ts";

/** A customer who asks and is accepted, and whose message waits. */
function accept(session: InventedSession, nth: number, atMs?: number): void {
  const note = (event: Noted) => session.note(event, atMs);
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

/** What a chapter's ledger says. */
const panelCount = (page: Page, at: number, name: string) =>
  page
    .locator(".panel")
    .nth(at)
    .locator(".counts div", { has: page.locator(`dt:text-is("${name}")`) })
    .locator("dd")
    .textContent();

const isHere = await isBrowserHere();

describe.skipIf(!isHere)("the live page in a browser", () => {
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

  it("is controlled by the terminal's keys, buttons and dials, in all chapters at once", async () => {
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

  it("says what happened and what becomes of it, and leads to the story", async () => {
    const { url, sessions } = await liveServer("06", "07");
    const { note } = (sessions as [InventedSession, InventedSession])[1];
    accept(sessions[1] as InventedSession, 1);
    const { page } = await openUrl(url);
    const told = (at: number) => page.locator(".happened section").nth(at).locator("li");
    await told(1).getByText("1 customer asked, and no device works yet.").waitFor();
    expect(await told(0).textContent()).toContain("No customer has asked for anything yet.");

    const queue = { queue: "work", row: 1, by: "lambda" };
    note({ kind: "delivered", ...queue, receiveCount: 1, hiddenUntilMs: Date.now() + 60_000 });
    note({ kind: "invoked", environment: 4_711, invocation: "i-1", rows: [1], bodies: [] });
    note({ kind: "killed", target: "function", pid: 4_711 });
    note({ kind: "environmentEnded", environment: 4_711, why: "killed" });

    const killed = "environment 1 was killed with the message of c-1 in hand";
    await told(1)
      .filter({ hasText: `${killed}: it still waits.` })
      .waitFor();
    expect(await page.locator(".happened li.new", { hasText: killed }).count()).toBe(1);
    // No button was pressed, whose words would come first.
    await page.locator(".sentence").nth(1).filter({ hasText: killed }).waitFor();

    note({ kind: "written", eventId: "e-1", status: "active", by: "i-2" });
    note({ kind: "deleted", ...queue });

    await told(1)
      .filter({ hasText: `${killed}: its device works in the end.` })
      .waitFor();
    await addAxe(page);
    expect(await violationsOf(page)).toEqual([]);
    await told(1)
      .filter({ hasText: killed })
      .getByRole("button", { name: /^Story at/ })
      .press("Enter");
    await page.getByRole("heading", { name: "c-1", exact: true }).waitFor();
  });

  it("says why a chapter has no whole trace, shows what its buttons did, and shows code as code", async () => {
    const whyNone = "lab-relational has no whole trace: see `npm run help live`.";
    const { url, sessions } = await liveServer({ number: "lab-relational", whyNone }, "07");
    const [none, dropping] = sessions as [InventedSession, InventedSession];
    none.session.press = async () => ['Press "Send", and watch `twice`.'];
    accept(dropping, 1);
    const { page, complaints } = await openUrl(url);
    const panel = (at: number) => page.locator(".panel").nth(at);
    await expect.poll(() => panel(1).locator("dd").first().textContent()).toBe("1");
    // More at once than it keeps.
    for (let more = 0; more < 2 * eventsKept; more += 1) {
      dropping.note({ kind: "duplicates", everyNth: 0 });
    }
    const note = panel(0).getByRole("note");

    await page.keyboard.press("s");

    await panel(0)
      .locator(".sentence code", { hasText: /^twice$/ })
      .waitFor();
    expect(await note.textContent()).toBe("lab-relational has no whole trace: see npm run help live.");
    expect(await note.locator("code").allTextContents()).toEqual(["npm run help live"]);
    await page.locator(".happened section").first().locator("p", { hasText: "has no whole trace" }).waitFor();
    await expect.poll(() => page.locator(".time strong").textContent()).not.toBe("0 s");
    const dropped = /\d+ events of this trace were dropped, so nothing here is called lost/;
    await page.locator(".happened section").nth(1).locator("li", { hasText: dropped }).waitFor();
    expect(await panelCount(page, 1, "lost")).toBe("?");
    await addAxe(page);
    expect(await violationsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("shows what just happened before it has read what came before, and then says where that begins", async () => {
    const { url, sessions } = await liveServer("07");
    const [session] = sessions as [InventedSession];
    const { note } = session;
    const trace = session.session.running.trace as ChapterTrace;
    const since = trace.since.bind(trace);
    let goOn = () => {};
    const isHeld = new Promise<void>((resolve) => (goOn = resolve));
    let isAsked = false;
    trace.since = async (position, span) => {
      // Not before: a browser may take longer to open than what "just happened" goes back.
      if (!isAsked) {
        isAsked = true;
        accept(session, 3);
      }
      await (span?.untilMs === undefined ? undefined : isHeld);
      return since(position, span);
    };
    const nowMs = Date.now();
    const minuteMs = 60_000;
    note({ kind: "weather", change: { outage: true } }, nowMs - 20 * minuteMs);
    accept(session, 1, nowMs - 10 * minuteMs);
    for (let more = 0; more < eventsKept - 8; more += 1) {
      note({ kind: "refused", eventId: "e-1", by: "" }, nowMs - 9 * minuteMs);
    }
    accept(session, 2, nowMs - minuteMs);
    note({ kind: "deleted", queue: "work", row: 2, by: "" }, nowMs - minuteMs);

    const { page, complaints } = await openUrl(url);
    const count = (name: string) => panelCount(page, 0, name);
    const state = page.locator(".time span");

    await expect.poll(() => count("accepted")).toBe("1");
    expect(await count("lost")).toBe("?");
    expect(await state.textContent()).toBe("live; reading what came before");
    expect(await page.locator(".happened li").count()).toBe(0);

    goOn();

    await expect.poll(() => count("accepted")).toBe("2");
    expect(await count("lost")).toBe("1");
    expect(await state.textContent()).toBe("live");
    const begins = "is no longer kept: the counts begin there.";
    await page.locator(".happened li", { hasText: begins }).waitFor();
    await page.locator(".happened li", { hasText: "c-2 is lost" }).waitFor();
    expect(complaints).toEqual([]);
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

  it("shows a customer's story, and can be paused", async () => {
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
    // One that is closed before it comes stays closed.
    const held: Route[] = [];
    await page.route("**/story/**", (route) => void held.push(route));
    await page.keyboard.press("Enter");
    await expect.poll(() => held.length).toBe(1);
    await page.keyboard.press("Escape");
    const answer = page.waitForResponse("**/story/**");
    await held[0]?.continue();
    await (await answer).finished();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    expect(await page.locator("aside").isVisible()).toBe(false);
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

// A call lasts until the kill has interrupted it.
const slowVendor = { medianMs: 1_500, p99Ms: 1_600 };

/** A real chapter, as `npm run live` starts it. */
async function realSession(number: string): Promise<LiveSession> {
  const chapter = findChapter(number);
  const running = await startChapter({
    folder: chapter.folder,
    devices: 200,
    trace: "customers",
    weather: slowVendor,
  });
  onTestFinished(() => running.stop());
  return await LiveSession.open({ chapter, running, devices: 200, logFile: "", say: () => {} });
}

describe.skipIf(!isHere)("the live page of real chapters", () => {
  it("shows what one press of Kill does: 06 loses the work, 07 takes it over", async () => {
    const sessions = await Promise.all(["06", "07"].map(realSession));
    const server = await serveLive(sessions, () => {});
    onTestFinished(() => server.close());
    const { page, complaints } = await openUrl(server.url);
    const told = (at: number) => page.locator(".happened section").nth(at).locator("li");
    const count = (at: number, name: string) => panelCount(page, at, name);

    await page.getByRole("button", { name: "Kill", exact: true }).click();

    await page.locator(".sentence").first().filter({ hasText: "Killed the function" }).waitFor();
    await told(0).filter({ hasText: "killed with the message of c-101 in hand: it is lost." }).waitFor();
    await told(1).filter({ hasText: "in hand: its device works in the end." }).waitFor();
    await expect.poll(() => page.locator("text", { hasText: "1 lost" }).count()).toBe(1);
    expect([await count(0, "lost"), await count(0, "works")]).toEqual(["1", "0"]);
    expect([await count(1, "lost"), await count(1, "works")]).toEqual(["0", "1"]);
    expect(complaints).toEqual([]);
  });
});
