// The live page in a browser, and its speed as seen from within. The page itself isn't changed for it.
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { eventually } from "#shared/stage/eventually.ts";

/** What the page notes of itself. */
interface Noted {
  /** From the opening until a frame was painted that shows the trace. */
  firstPictureMs?: number;
  /** The same until a frame shows everything that the trace keeps: the first picture of a long trace has only the newest. */
  wholePictureMs?: number | undefined;
  /** From when an event was noted by its server until a frame was painted that shows it. */
  lateMs: number[];
  /** Only later events count: what the page begins with is old. */
  sinceMs: number;
}

declare const noted: Noted;

/** A page that is open. */
export interface WatchedPage {
  /** By its own clock, from when the browser began to load it. */
  firstPictureMs: number;
  /** The same until it shows everything that the trace keeps. */
  wholePictureMs: number;
  /** How late each event was that came in the next `forMs`. */
  eventsLateMs: (forMs: number) => Promise<number[]>;
  /** What its heap holds after a collection, without what a frame needs while it is drawn. */
  heapBytes: () => Promise<number>;
  close: () => Promise<void>;
}

const pictureWithinMs = 30_000;
const clockProbes = 20;
const heapLooks = 8;

/** Opens the page, and waits for its first picture. */
export async function openWatched(context: BrowserContext, url: string): Promise<WatchedPage> {
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(url);
  const pictures = await eventually(
    async () => {
      const { firstPictureMs, wholePictureMs } = await page.evaluate(() => noted);
      if (firstPictureMs === undefined || wholePictureMs === undefined) {
        throw new Error(`Expected a picture of everything within ${pictureWithinMs / 1_000} s, got none`);
      }
      return { firstPictureMs, wholePictureMs };
    },
    { withinMs: pictureWithinMs },
  );
  const session = await context.newCDPSession(page);
  return {
    ...pictures,
    eventsLateMs: (forMs) => eventsLateMs(page, forMs),
    heapBytes: () => heapBytes(page, session),
    close: () => page.close(),
  };
}

/** Runs in the page before its own script does. */
function watch(): void {
  const mine: Noted = { lateMs: [], sinceMs: Infinity };
  // When the events were noted that have come but that no frame has shown yet, and those of the frame that is being painted.
  let come: number[] = [];
  let drawn: number[] = [];
  const nowMs = () => performance.timeOrigin + performance.now();
  const isShown = () =>
    document.querySelector(".stage svg") !== null &&
    Number(document.querySelector(".panel dd")?.textContent ?? "0") > 0;
  const isWhole = () => document.querySelector(".time span")?.textContent === "live";
  // A message that is sent while a frame is drawn arrives after that frame was painted.
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => {
    const paintedMs = nowMs();
    if (mine.wholePictureMs === undefined && isShown()) {
      mine.firstPictureMs ??= performance.now();
      mine.wholePictureMs = isWhole() ? performance.now() : undefined;
    }
    for (const atMs of drawn) {
      if (atMs > mine.sinceMs) {
        mine.lateMs.push(paintedMs - atMs);
      }
    }
    drawn = [];
  });
  port1.start();
  const ask = requestAnimationFrame.bind(window);
  const parse = JSON.parse;
  // Lists of events are all that the page parses but for single objects. To parse them a second time would be measured, too.
  JSON.parse = (text: string) => {
    const parsed: unknown = parse(text);
    if (Array.isArray(parsed)) {
      for (const { atMs } of parsed as { atMs: number }[]) {
        come.push(atMs);
      }
    }
    return parsed;
  };
  Object.assign(window, {
    noted: mine,
    requestAnimationFrame: (draw: (atMs: number) => void) =>
      ask((atMs) => {
        draw(atMs);
        drawn.push(...come);
        come = [];
        port2.postMessage(undefined);
      }),
  });
}

async function eventsLateMs(page: Page, forMs: number): Promise<number[]> {
  const aheadMs = await clockAheadMs(page);
  await page.evaluate(() => {
    noted.lateMs = [];
    noted.sinceMs = performance.timeOrigin + performance.now();
  });
  await page.waitForTimeout(forMs);
  // From here on nothing is noted: a list that goes on growing would be taken for the page's own growth.
  const lateMs = await page.evaluate(() => {
    const { lateMs: taken } = noted;
    Object.assign(noted, { lateMs: [], sinceMs: Infinity });
    return taken;
  });
  return lateMs.map((ms) => ms - aheadMs);
}

/** How far the page's clock is ahead of this machine's, by which events are noted. The quickest answer is the most exact. */
async function clockAheadMs(page: Page): Promise<number> {
  const nowMs = () => performance.timeOrigin + performance.now();
  const probes: { tookMs: number; aheadMs: number }[] = [];
  for (let probe = 0; probe < clockProbes; probe += 1) {
    const beforeMs = nowMs();
    const pageMs = await page.evaluate(() => performance.timeOrigin + performance.now());
    const afterMs = nowMs();
    probes.push({ tookMs: afterMs - beforeMs, aheadMs: pageMs - (beforeMs + afterMs) / 2 });
  }
  const [quickest] = probes.toSorted((one, other) => one.tookMs - other.tookMs);
  return quickest?.aheadMs ?? 0;
}

/**
 * Looks while the picture is paused: a frame leaves 0.75 MB of garbage, a quarter of what the page holds, and one is nearly always
 * drawn between a collection and the look. By the keyboard, since what playwright brings into a page to find a button stays there.
 */
async function heapBytes(page: Page, session: CDPSession): Promise<number> {
  await press(page, "Space", "Go on");
  let smallest = Infinity;
  for (let look = 0; look < heapLooks; look += 1) {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    smallest = Math.min(smallest, usedSize);
  }
  await press(page, "Space", "Pause");
  return smallest;
}

/** Presses a key. `next` is what the button for pauses says then. */
async function press(page: Page, key: string, next: string): Promise<void> {
  await page.keyboard.press(key);
  const says = await page.evaluate(() => document.querySelector(".play")?.textContent);
  if (says !== next) {
    throw new Error(`Expected the page's button to say "${next}" after ${key}, got "${says}"`);
  }
}
