import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { chromium } from "playwright-core";
import type { BrowserContext } from "playwright-core";
import { findBrowser, headlessFlags } from "../browser.ts";

/** The browser for tests; undefined, with a line that says so, where there is none. `REQUIRE_BROWSER` makes that an error. */
export function browserForTests(): string | undefined {
  const browser = findBrowser({ env });
  if (browser === undefined) {
    const words = "no Chrome, Edge or Chromium here (CHROME_PATH may name one)";
    if (env["REQUIRE_BROWSER"]) {
      throw new Error(`Expected a browser, since REQUIRE_BROWSER is set: ${words}`);
    }
    console.warn(`The tests in a browser are skipped: ${words}`);
  }
  return browser;
}

export interface Opened {
  context: BrowserContext;
  close: () => Promise<void>;
}

/** A browser with a profile of its own, which is gone afterwards. */
export async function openBrowser(
  executablePath: string,
  options: Parameters<typeof chromium.launchPersistentContext>[1] = {},
): Promise<Opened> {
  const profile = mkdtempSync(join(tmpdir(), "take-a-ticket-"));
  const args = headlessFlags(profile).filter((flag) => !/^--(?:headless|user-data-dir)/.test(flag));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args,
    headless: true,
    ...options,
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
