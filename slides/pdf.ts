import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { UsageError } from "#shared/command.ts";
import { headlessFlags } from "./browser.ts";
import { driveBrowser } from "./devtools.ts";
import type { DrivenBrowser } from "./devtools.ts";
import { writeWhole } from "./whole-file.ts";

interface Printing {
  /** The deck's file. */
  html: string;
  pdf: string;
  browser: string;
  limitSeconds?: number;
}

// The page says so itself: a browser that prints after some time prints a slow machine's first slide alone.
const whenReady = `new Promise((resolve) => {
  const look = () => document.body?.dataset.ready ? resolve("ready") : setTimeout(look, 50);
  look();
})`;

/**
 * Prints the deck by a headless browser. A PDF that is there already stays unless the new one is whole. Throws a
 * {@link UsageError} that says what to do.
 */
export async function printPdf({ html, pdf, browser, limitSeconds = 60 }: Printing): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), "take-a-ticket-"));
  const driven = driveBrowser(browser, headlessFlags(profile));
  const limit = stopping(limitSeconds);
  try {
    const data = await Promise.race([print(driven, `${pathToFileURL(html).href}?print-pdf`), limit.stopped]);
    if (!data.subarray(0, 5).equals(Buffer.from("%PDF-")) || !data.subarray(-1_024).includes("%%EOF")) {
      throw new Error("it gave no PDF that is whole");
    }
    await writeWhole(pdf, data);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `Expected ${browser} to print the deck, but ${why}; the HTML is complete. ` +
        "Print it from a browser instead: add `?print-pdf` to its address.",
      { cause },
    );
  } finally {
    limit.clear();
    driven.end();
    // A browser that was ended may still hold its profile for a moment.
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function print({ send }: DrivenBrowser, url: string): Promise<Buffer> {
  const text = z.string();
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const attached = await send("Target.attachToTarget", { targetId, flatten: true });
  const sessionId = text.parse(attached["sessionId"]);
  const { errorText } = await send("Page.navigate", { url }, sessionId);
  if (errorText !== undefined) {
    throw new Error(`it can't open ${url}: ${text.parse(errorText)}`);
  }
  await send("Runtime.evaluate", { expression: whenReady, awaitPromise: true }, sessionId);
  const { data } = await send(
    "Page.printToPDF",
    { printBackground: true, preferCSSPageSize: true },
    sessionId,
  );
  return Buffer.from(text.parse(data), "base64");
}

/** Rejects when it takes too long, or when somebody presses Ctrl+C. */
function stopping(limitSeconds: number): { stopped: Promise<never>; clear: () => void } {
  let clear = () => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(new Error("it was stopped"));
    const timer = setTimeout(
      () => reject(new Error(`it did not within ${limitSeconds} s`)),
      limitSeconds * 1_000,
    );
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    clear = () => {
      clearTimeout(timer);
      process.removeListener("SIGINT", stop);
      process.removeListener("SIGTERM", stop);
    };
  });
  return { stopped, clear: () => clear() };
}
