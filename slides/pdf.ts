import { setTimeout as after } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { BrowserContext } from "playwright-core";
import { UsageError } from "#shared/command.ts";
import { openBrowser, reasonOf } from "#shared/picture/browser.ts";
import { writeWhole } from "#shared/whole-file.ts";

interface Printing {
  /** The deck's file. */
  html: string;
  pdf: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Counted from when the browser has started. */
  limitSeconds?: number;
}

/**
 * Prints the deck with an installed browser. False if there is none. An existing PDF stays until the new one is complete. Throws a
 * {@link UsageError} that says what to do.
 */
export async function printPdf({ html, pdf, env, limitSeconds = 60 }: Printing): Promise<boolean> {
  const browser = await openBrowser(env).catch((cause: unknown) => {
    throw cause instanceof UsageError ? cause : notPrinted("a browser", cause);
  });
  if (browser === undefined) {
    return false;
  }
  const tooLong = after(limitSeconds * 1_000, undefined, { ref: false }).then(() => {
    throw new Error(`it did not within ${limitSeconds} s`);
  });
  try {
    await writeWhole(pdf, await Promise.race([print(browser.context, html), tooLong]));
  } catch (cause) {
    throw notPrinted(browser.name, cause);
  } finally {
    await browser.close();
  }
  return true;
}

async function print(context: BrowserContext, html: string): Promise<Buffer> {
  const page = await context.newPage();
  // There is a limit for all of it together.
  page.setDefaultTimeout(0);
  await page.goto(`${pathToFileURL(html).href}?print-pdf`).catch((cause: unknown) => {
    throw new Error(`it can't open the deck: ${reasonOf(cause)}`, { cause });
  });
  // The page announces it: a browser that prints after a fixed time would print only the first slide on a slow machine.
  await page.waitForSelector("body[data-ready]");
  return page.pdf({ printBackground: true, preferCSSPageSize: true, tagged: true });
}

const notPrinted = (browser: string, cause: unknown) =>
  new UsageError(
    `Expected ${browser} to print the deck, but ${reasonOf(cause)}; the HTML is complete. ` +
      "Print it from a browser instead: add `?print-pdf` to its address.",
    { cause },
  );
