import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chapterIn, listChapters, readParts } from "#shared/run/chapters.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { ChapterOptions } from "#shared/run/start-chapter.ts";
import { testPatienceMs } from "#shared/testing/eventually.ts";
import { fakeTerminal } from "#shared/testing/terminal.ts";
import { painter } from "../terminal/paint.ts";
import { LiveSession } from "../live/session.ts";
import { LiveScreen } from "./live-screen.ts";
import { LogBook } from "./log.ts";

const chapters = listChapters().filter(({ number }) => /^0[1-9]$/.test(number));
const first = (what: (parts: ReturnType<typeof readParts>) => boolean) =>
  chapters.find((chapter) => what(readParts(chapter)))?.folder ?? "";
// The first chapter that sets aside, and one without a queue that hands out tickets.
const withRedrive = first(({ hasRedrive }) => hasRedrive);
const inMemory = chapters.find(({ number }) => number === "02")?.folder ?? "";

const patience = { timeout: testPatienceMs, interval: 50 };

/** A real chapter on a screen in memory. */
async function startLive(options: ChapterOptions) {
  const log = new LogBook();
  const onLine = (name: string, line: string) => log.add(name, line);
  const running = await startChapter({ devices: 600, ...options, onLine });
  const say = (...lines: string[]) => live.say(...lines);
  const session = await LiveSession.open({
    chapter: chapterIn(options.folder),
    running,
    logFile: ".running/05.log",
    keepsTickets: true,
    say,
  });
  const live: LiveScreen = new LiveScreen({
    session,
    log,
    paint: painter(true),
    pages: { c: () => ["curl -i"], w: () => ["New words"] },
  });
  const terminal = fakeTerminal();
  const left = live.show(terminal);
  const stop = async () => {
    live.close();
    await running.stop();
  };
  return { ...terminal, running, session, live, left, stop };
}

let withQueue: Awaited<ReturnType<typeof startLive>>;
let withoutQueue: typeof withQueue;
beforeAll(async () => {
  [withQueue, withoutQueue] = await Promise.all([
    // Set aside after the first failure, so that the test doesn't wait for five.
    startLive({
      folder: withRedrive,
      weather: { medianMs: 20, p99Ms: 20 },
      parameters: { MaxReceiveCount: "1" },
    }),
    // A call lasts until the kill hits it.
    startLive({ folder: inMemory, weather: { hold: true } }),
  ]);
});
afterAll(async () => {
  await Promise.all([withQueue.stop(), withoutQueue.stop()]);
});

describe("a chapter with a function and a dead-letter queue on a screen", () => {
  const press = (keys: string) => withQueue.press(keys);
  const shown = () => withQueue.shown();

  test("s sends a request, and the device works", async () => {
    press("s");

    await expect.poll(shown, patience).toMatch(/c-101 +202, [\d.]+ m?s +after .*active/);
  });

  test("what a page has pressed is seen as well, and named there as its buttons are", async () => {
    const { session } = withQueue;

    const lines = await session.press("d");
    await expect.poll(shown, patience).toMatch(/now: every message comes twice/);
    await session.press("d");

    expect(lines.at(-1)).toBe('Press "Send" three times, and watch `twice`. "Duplicates" ends it.');
  });

  test("p sends a device that can't succeed, and h heals it and redrives it", async () => {
    press("p");
    await expect.poll(shown, patience).toMatch(/c-102 poison .*failed/);
    await expect.poll(shown, patience).toMatch(/set aside .*1/);

    press("h");

    await expect.poll(shown, patience).toMatch(/Redrive: what was set aside/);
    await expect.poll(shown, patience).toMatch(/c-102 poison .*active/);
  });

  test("d delivers twice until it is pressed again, o starts an outage, and commands of another terminal show", async () => {
    press("d");
    await expect.poll(shown, patience).toMatch(/now: every message comes twice/);
    press("d");
    await expect.poll(shown, patience).toMatch(/no message is delivered twice/);
    press("o");
    await expect.poll(shown, patience).toMatch(/vendor \(down, \d+ s\)/);
    press("k");
    await expect.poll(shown, patience).toMatch(/The vendor is down, so no call is under way/);
    await withQueue.running.vendor.setWeather({ outage: false });

    await withQueue.live.carryOut({ kind: "duplicates", everyNth: 3 });

    await expect.poll(shown, patience).toMatch(/From another terminal: Every 3rd message/);
    await expect.poll(shown, patience).toMatch(/now: .*1 message of 3 comes twice/);
  });

  test("a page covers the tickets until its key is pressed again", async () => {
    press("c");
    await expect.poll(shown, patience).toMatch(/curl -i|Invoke-RestMethod/);
    expect(shown()).not.toContain("c-101");
    press("w");
    await expect.poll(shown, patience).toMatch(/New words/);
    press("w");
    await expect.poll(shown, patience).toMatch(/c-101 /);
  });

  test("a system that is gone is shown as unknown, and q closes the screen", async () => {
    await withQueue.running.stop();
    await expect.poll(shown, patience).toMatch(/vendor \(\? open\)/);
    press("s");
    await expect.poll(shown, patience).toMatch(/c-103 +none, .*got no answer/);

    press("q");
    await withQueue.left;
    const last = withQueue.live.close();

    expect(withQueue.isRaw()).toBe(false);
    expect(withQueue.written().endsWith("\u001B[?25h\u001B[?1049l")).toBe(true);
    expect(last.join("\n")).toMatch(/c-103[^]*All that was said is in \.running\/05\.log\./);
  });
});

describe("a chapter that works in memory on a screen", () => {
  const press = (keys: string) => withoutQueue.press(keys);
  const shown = () => withoutQueue.shown();

  test("k sends a request and kills the API in the middle of the call, and the ticket stays as it is", async () => {
    press("k");

    await expect.poll(shown, patience).toMatch(/Killed the api \(process \d+\) with 1 open at the vendor/);
    await expect.poll(shown, patience).toMatch(/that ticket stays as it is/);
    await expect.poll(shown, patience).toMatch(/c-101 +202, .*not yet +.*accepted for [1-9]\d*(?:\.\d)? s/);
  });

  test("a key without a meaning here says why, and Ctrl-C leaves", async () => {
    press("d");
    await expect.poll(shown, patience).toMatch(/has no queue, so nothing can be delivered twice/);
    press("h");
    await expect.poll(shown, patience).toMatch(/nothing to heal/);

    press("\u0003");

    await expect(withoutQueue.left).resolves.toBeUndefined();
  });
});
