import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { openBrowser } from "../browser.ts";
import { scratchFolder } from "./scratch.ts";

/** Whether the tests in a browser can run. Where there is none a line says so; with `REQUIRE_BROWSER` that is an error. */
export async function isBrowserHere(): Promise<boolean> {
  const browser = await openBrowser(env);
  if (browser === undefined) {
    const words = "no Chrome, Edge or Chromium here (CHROME_PATH may name one)";
    if (env["REQUIRE_BROWSER"]) {
      throw new Error(`Expected a browser, since REQUIRE_BROWSER is set: ${words}`);
    }
    console.warn(`The tests in a browser are skipped: ${words}`);
  }
  await browser?.close();
  return browser !== undefined;
}

interface Opening {
  html: string;
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
}

/** Opens a deck from disk; what it asked for and complained of is in the lists. */
export async function openDeck({
  html,
  viewport = { width: 1_280, height: 720 },
  colorScheme = "light",
}: Opening) {
  const file = join(scratchFolder(), "deck.html");
  writeFileSync(file, html);
  const browser = await openBrowser(env, { viewport, colorScheme, reducedMotion: "reduce" });
  if (browser === undefined) {
    throw new Error("Expected the browser that was here before");
  }
  const { context, close } = browser;
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
