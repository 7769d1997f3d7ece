import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { openBrowser } from "./browser.ts";
import { scratchFolder } from "./scratch.ts";

interface Wish {
  browser: string;
  html: string;
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
}

/** Opens a deck from disk; what it asked for and complained of is in the lists. */
export async function openDeck({
  browser,
  html,
  viewport = { width: 1_280, height: 720 },
  colorScheme = "light",
}: Wish) {
  const file = join(scratchFolder(), "deck.html");
  writeFileSync(file, html);
  const { context, close } = await openBrowser(browser, { viewport, colorScheme, reducedMotion: "reduce" });
  onTestFinished(close);
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => {
    if (!/^(?:data|blob|about):/.test(request.url())) {
      requests.push(request.url().split(/[?#]/)[0] ?? "");
    }
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(message.text());
    }
  });
  context.on("weberror", (error) => complaints.push(error.error().message));
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  await page.goto(url);
  await page.waitForSelector("body[data-ready]");
  return { page, context, url, requests, complaints };
}
