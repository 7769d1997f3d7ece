import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { chromium, errors } from "playwright-core";
import type { BrowserContext } from "playwright-core";
import { UsageError } from "#shared/command.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface OpenBrowser {
  /** What was started: a path, or playwright's name of a browser. */
  name: string;
  context: BrowserContext;
  /** Closes it. It may have ended by itself. */
  close: () => Promise<void>;
}

type Place = { channel: string } | { executablePath: string };

// Playwright knows where Chrome and Edge are on each system, but not where packages install Chromium.
const places: readonly Place[] = [
  { channel: "chrome" },
  { executablePath: "/usr/bin/chromium" },
  { executablePath: "/usr/bin/chromium-browser" },
  { executablePath: "/snap/bin/chromium" },
  { executablePath: "/Applications/Chromium.app/Contents/MacOS/Chromium" },
  { channel: "chromium" },
  { channel: "msedge" },
];

/**
 * Starts an installed Chrome, Edge or Chromium without a window. `CHROME_PATH` takes precedence. Undefined if there is none.
 * Throws {@link UsageError} if `CHROME_PATH` names a file that doesn't exist.
 */
export async function openBrowser(
  env: Env,
  options: Parameters<typeof chromium.launchPersistentContext>[1] = {},
  installed: readonly Place[] = places,
): Promise<OpenBrowser | undefined> {
  const wanted = env["CHROME_PATH"];
  // Playwright would create its own folders, and leave them behind if a browser is missing.
  const folder = mkdtempSync(join(tmpdir(), "take-a-ticket-"));
  const gone = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 } as const;
  const cleanAtExit = () => {
    try {
      rmSync(folder, gone);
    } catch {
      // A folder that stays does no harm.
    }
  };
  process.once("exit", cleanAtExit);
  const close = async (context?: BrowserContext) => {
    await context?.close().catch(() => undefined);
    // A browser that was ended may still hold its profile for a moment.
    await rm(folder, gone).catch(() => {});
    process.removeListener("exit", cleanAtExit);
  };
  for (const place of wanted ? [{ executablePath: wanted }] : installed) {
    const [name = ""] = Object.values(place);
    try {
      const context = await chromium.launchPersistentContext(join(folder, "profile"), {
        ...place,
        artifactsDir: folder,
        // Many containers have only root, for whom Chromium's sandbox doesn't work.
        chromiumSandbox: !(process.platform === "linux" && process.getuid?.() === 0),
        timeout: 30_000,
        ...options,
      });
      return { name, context, close: () => close(context) };
    } catch (cause) {
      if (!/is not found|not support|executable doesn't exist/i.test(String(cause))) {
        await close();
        throw new Error(`${name} did not start: ${reasonOf(cause)}`, { cause });
      }
    }
  }
  await close();
  if (wanted) {
    throw new UsageError(`Expected a browser at CHROME_PATH, found none at ${wanted}; fix or unset it.`);
  }
  return undefined;
}

/** Why a browser failed, in a few words: playwright's messages continue with its calls and the browser's log. */
export function reasonOf(error: unknown): string {
  if (error instanceof errors.TimeoutError) {
    return "it took too long";
  }
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  const words = line.replace(/^\w+\.\w+: /, "");
  return words.includes("has been closed") ? "it ended" : words;
}
