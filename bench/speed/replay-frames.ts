// `npm run bench:frames` plays the newest storm of two chapters at 4x in an installed browser, and reports how long its frames take.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readCommand, runCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { openBrowser } from "#shared/picture/browser.ts";
import { replayHtml } from "#shared/picture/replay-page.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { writeWhole } from "#shared/whole-file.ts";
import { rowOf } from "../figures/kept-traces.ts";
import { findTraces, readReplay } from "../telling/replay/kept.ts";

// Two frames of a screen with sixty a second.
const allowedMs = 34;

runCommand(async (argv, env) => {
  const { words, flags } = readCommand(
    { usage: usageOf("bench:frames"), flags: { reference: "switch" } },
    argv,
    env,
  );
  const { chosen, where } = findTraces(
    projectFolder,
    { rows: words.map(rowOf), part: "storm" },
    flags.reference === true,
  );
  const file = join(projectFolder, "bench", "results", "frames.html");
  await writeWhole(file, replayHtml(await readReplay(chosen, where)));
  const browser = await openBrowser(env, { viewport: { width: 1_280, height: 720 } });
  if (browser === undefined) {
    throw new UsageError("Expected a Chrome, Edge or Chromium, found none; CHROME_PATH may name one.");
  }
  try {
    const page = await browser.context.newPage();
    await page.goto(`${pathToFileURL(file).href}#t=0`);
    await page.waitForSelector("body[data-ready]");
    await page.locator('.speeds input[value="4"]').check({ force: true });
    await page.locator(".play").click();
    const frames = await page.evaluate(async () => {
      const took: number[] = [];
      for (let before = performance.now(); document.querySelector(".play")?.textContent === "Pause";) {
        const now: number = await new Promise(requestAnimationFrame);
        took.push(now - before);
        before = now;
      }
      return took.toSorted((left, right) => left - right);
    });
    const quantile = (share: number) => (frames[Math.floor(frames.length * share)] ?? 0).toFixed(1);
    console.log(
      `${chosen.map(({ row }) => row).join(" and ")}, ${where}, at 4x, 1280x720: ${frames.length} frames`,
    );
    console.log(
      `p50 ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms (at most ${allowedMs}), max ${quantile(0.9999)} ms`,
    );
    process.exitCode = Number(quantile(0.95)) > allowedMs ? 1 : 0;
  } finally {
    await browser.close();
  }
});
