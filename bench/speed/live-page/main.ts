// How quick the live page is, and whether anything in it grows: `npm run bench:live`, or with minutes=10. It opens `live 07` in an
// installed browser while customers come at regular intervals.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { needWords, readCommand, runCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { openBrowser } from "#shared/picture/browser.ts";
import { findRunning } from "#shared/run/remote-control.ts";
import { startChild } from "#shared/run/child-process.ts";
import type { Child } from "#shared/run/child-process.ts";
import { ownHeader } from "#shared/workshop/live/wire.ts";
import { median } from "../../figures/statistics.ts";
import { growthOf, levelFromMinute } from "./growth.ts";
import type { Held } from "./growth.ts";
import { openWatched } from "./watched-page.ts";
import type { WatchedPage } from "./watched-page.ts";

const usage = usageOf("bench:live");
const perSecond = 20;
const screen = { width: 1_280, height: 720 };
const openings = 5;
const pictureAllowedMs = 1_000;
const watchedMs = 30_000;
const lateAllowedMs = 150;
const growthAllowed = 0.1;
const [fewestMinutes, mostMinutes] = [3, 10];
const readyWithinMs = 60_000;
const answersWithinMs = 10_000;
const stopWithinMs = 10_000;

runCommand(async (argv, env) => {
  const { words, flags } = readCommand({ usage, flags: { minutes: "number" } }, argv, env);
  needWords(words, [], usage);
  const { minutes = 0 } = flags;
  if (minutes !== 0 && !(minutes >= fewestMinutes && minutes <= mostMinutes)) {
    throw new UsageError(
      `Expected ${fewestMinutes} to ${mostMinutes} minutes, got ${minutes}: what grows shows after minute ${levelFromMinute}, and there are devices for ${mostMinutes}.`,
    );
  }
  const browser = await openBrowser(env, { viewport: screen });
  if (browser === undefined) {
    throw new UsageError("Expected a Chrome, Edge or Chromium, found none; CHROME_PATH may name one.");
  }
  const server = await startChild({
    name: "live page",
    file: join(import.meta.dirname, "server.ts"),
    readyWithinMs,
  });
  try {
    const url = String((await server.ready)["url"]);
    await customersCome(url);
    const fromMs = performance.now();
    console.log(
      `live 07, ${perSecond} customers a second, ${screen.width}x${screen.height}, ${browser.name}\n`,
    );
    const open = () => openWatched(browser.context, url);
    // Until the first customers are served, and the trace has something to show.
    await sleep(5_000);
    const early = await pictures(open);
    let isQuick = printPictures("first picture after opening", early.first);
    const page = await open();
    const isPrompt = printLate(await page.eventsLateMs(watchedMs));
    const isLevel = minutes === 0 || (await watchMemory({ page, server, minutes, fromMs }));
    if (minutes > 0) {
      const late = await pictures(open);
      isQuick = printPictures("the same, of a trace that is full", late.first) && isQuick;
      console.log(`${"until it shows all that is kept".padEnd(36)}${spread(late.whole)}`);
    }
    process.exitCode = isPrompt && isLevel && isQuick ? 0 : 1;
  } finally {
    await Promise.allSettled([browser.close(), server.stop(stopWithinMs)]);
  }
});

/** Turns the page's dial. */
async function customersCome(url: string): Promise<void> {
  const response = await fetch(`${url}dials`, {
    method: "POST",
    headers: { "content-type": "application/json", [ownHeader]: "1" },
    body: JSON.stringify({ perSecond }),
  });
  if (!response.ok) {
    throw new Error(`Expected the live page to turn its dial, got ${response.status}`);
  }
}

async function pictures(open: () => Promise<WatchedPage>): Promise<{ first: number[]; whole: number[] }> {
  const times = { first: [] as number[], whole: [] as number[] };
  while (times.first.length < openings) {
    const page = await open();
    times.first.push(page.firstPictureMs);
    times.whole.push(page.wholePictureMs);
    await page.close();
  }
  return times;
}

const verdict = (isReached: boolean) => (isReached ? "reached" : "MISSED");

function spread(times: readonly number[]): string {
  const range = [Math.min(...times), Math.max(...times)].map((ms) => ms.toFixed(0)).join(" to ");
  return `median ${median(times)?.toFixed(0)} ms of ${times.length} (${range})`;
}

function printPictures(what: string, times: readonly number[]): boolean {
  const isReached = (median(times) ?? Infinity) <= pictureAllowedMs;
  console.log(`${what.padEnd(36)}${spread(times)}, at most ${pictureAllowedMs}: ${verdict(isReached)}`);
  return isReached;
}

function printLate(lateMs: readonly number[]): boolean {
  const sorted = lateMs.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  const isReached = at(0.95) <= lateAllowedMs;
  console.log(
    `${"from an event to its dot".padEnd(36)}p50 ${at(0.5).toFixed(0)} ms, p95 ${at(0.95).toFixed(0)} ms, max ${at(1).toFixed(0)} ms ` +
      `of ${sorted.length} events, p95 at most ${lateAllowedMs}: ${verdict(isReached)}`,
  );
  return isReached;
}

interface Watched {
  page: WatchedPage;
  server: Child;
  minutes: number;
  /** Since when customers come. */
  fromMs: number;
}

/** Looks every minute. Resolves with whether nothing grew by more than is allowed. */
async function watchMemory({ page, server, minutes, fromMs }: Watched): Promise<boolean> {
  console.log("\nminute   page's heap   server's heap   trace, as text   customers with an error");
  const held: Held[] = [];
  const refused = new Set<number>();
  for (let minute = 1; minute <= minutes; minute += 1) {
    await sleep(Math.max(0, fromMs + minute * 60_000 - performance.now()));
    const text = await traceText();
    refusedIn(text).forEach((request) => refused.add(request));
    const now = {
      minute,
      page: await page.heapBytes(),
      server: Number((await server.ask({ kind: "heap" }, answersWithinMs))?.["bytes"]),
      trace: text.length,
    };
    held.push(now);
    console.log(
      `${String(minute).padStart(6)}${megabytes(now.page).padStart(14)}${megabytes(now.server).padStart(16)}${megabytes(now.trace).padStart(17)}` +
        String(refused.size).padStart(26),
    );
  }
  const grown = growthOf(held);
  const isLevel = grown.every(({ share }) => share <= growthAllowed);
  console.log(
    `from minute ${levelFromMinute} on: ${grown.map(({ what, share }) => `${what} ${share < 0 ? "" : "+"}${(100 * share).toFixed(0)} %`).join(", ")}, ` +
      `at most +${100 * growthAllowed} %: ${verdict(isLevel)}\n`,
  );
  if (!isLevel && refused.size > 0) {
    console.log(
      `${refused.size} customers got an error. The page keeps the newest to whom something happened, so its heap is level only after\n` +
        "480 of them, or if there are none: run it again on a machine that does nothing else.\n",
    );
  }
  return isLevel;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

/** All events that the trace holds. */
async function traceText(): Promise<string> {
  const running = await findRunning("07");
  const response = await fetch(`${running?.traceUrl}/trace`);
  return await response.text();
}

/** The requests that got an error or no answer, among those that the trace still holds. */
function refusedIn(trace: string): number[] {
  return trace
    .split("\n")
    .filter((line) => line.includes('"kind":"answered"'))
    .flatMap((line) => {
      const { request, status = Infinity } = JSON.parse(line) as { request: number; status?: number };
      return status >= 400 ? [request] : [];
    });
}
