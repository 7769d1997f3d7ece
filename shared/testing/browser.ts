import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { env } from "node:process";
import { pathToFileURL } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, onTestFinished } from "vitest";
import { openBrowser } from "#shared/picture/browser.ts";
import type { OpenBrowser } from "#shared/picture/browser.ts";
import { scratchFolder } from "./scratch.ts";

// A browser takes a second and a half of the processor to start, a context of its own in a running one a third of that.
let started: OpenBrowser | undefined;

/**
 * Whether browser tests can run. Call it while a file's tests are collected: they share a browser, which closes after the last one.
 * If there is none, prints a line, or throws if `REQUIRE_BROWSER` is set.
 */
export async function isBrowserHere(): Promise<boolean> {
  const browser = await openBrowser(env);
  started = browser;
  afterAll(() => browser?.close());
  if (browser === undefined) {
    const words = "no Chrome, Edge or Chromium here (CHROME_PATH may name one)";
    if (env["REQUIRE_BROWSER"]) {
      throw new Error(`Expected a browser, since REQUIRE_BROWSER is set: ${words}`);
    }
    console.warn(`The tests in a browser are skipped: ${words}`);
  }
  return browser !== undefined;
}

interface Opening {
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
  reducedMotion?: "reduce" | "no-preference";
}

/** A context of the file's browser, which shares nothing with others. It closes when the test ends. */
export async function openContext({
  viewport = { width: 1_280, height: 720 },
  colorScheme = "light",
  reducedMotion = "reduce",
}: Opening = {}): Promise<BrowserContext> {
  const browser = started?.context.browser();
  if (!browser) {
    throw new Error("Expected the browser that was here before");
  }
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion });
  onTestFinished(() => context.close());
  return context;
}

/** Opens a page from disk. The lists contain its requests and its errors. */
export async function openPage({ html, hash = "", ...opening }: Opening & { html: string; hash?: string }) {
  const file = join(scratchFolder(), "page.html");
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  return { ...(await openUrl(url + hash, opening)), url };
}

/** The same for a page on a server. */
export async function openUrl(url: string, opening: Opening = {}) {
  const context = await openContext(opening);
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
  await page.goto(url);
  await page.waitForSelector("body[data-ready]");
  return { page, context, requests, complaints };
}

const axeSource = () => readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Adds axe-core to the page, for {@link violationsOf}, in a way that a page's policy can't forbid. */
export async function addAxe(page: Page): Promise<void> {
  await page.addScriptTag({ content: axeSource() }).catch(() => page.evaluate(axeSource()));
}

/** What axe-core finds in the page, or in a part of it. */
export async function violationsOf(page: Page, selector = "html"): Promise<string[]> {
  return await page.evaluate(async (where) => {
    const { axe } = window as unknown as {
      axe: {
        run: (where: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({ include: [[where]] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
  }, selector);
}
