import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { UsageError } from "#shared/workshop/words.ts";
import { headlessFlags } from "./browser.ts";
import { writeWhole } from "./whole-file.ts";

interface Printing {
  /** The deck's file. */
  html: string;
  pdf: string;
  browser: string;
  limitSeconds?: number;
}

/**
 * Prints the deck by a headless browser. A PDF that is there already stays unless the new one is whole. Throws a
 * {@link UsageError} that says what to do.
 */
export async function printPdf({ html, pdf, browser, limitSeconds = 60 }: Printing): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "take-a-ticket-"));
  const printed = join(scratch, "deck.pdf");
  const url = `${pathToFileURL(html).href}?print-pdf`;
  try {
    const flags = [
      ...headlessFlags(join(scratch, "profile")),
      // The page's own clock: as soon as it has nothing left to do, it is over.
      "--virtual-time-budget=15000",
      "--no-pdf-header-footer",
      `--print-to-pdf=${printed}`,
    ];
    await run(browser, [...flags, url], limitSeconds);
    const data = await readFile(printed).catch(() => Buffer.alloc(0));
    if (!data.subarray(0, 5).equals(Buffer.from("%PDF-")) || !data.subarray(-1_024).includes("%%EOF")) {
      throw new UsageError(
        `Expected a PDF from ${browser}, got none that is whole; the HTML is complete. ${otherwise}`,
      );
    }
    await writeWhole(pdf, data);
  } finally {
    // A browser that was ended may still hold its profile for a moment.
    await rm(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

const otherwise = "Print it from a browser instead: add `?print-pdf` to its address.";

function run(browser: string, args: readonly string[], limitSeconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // A group of its own, since a browser is many processes.
    const child = spawn(browser, args, { stdio: "ignore", detached: process.platform !== "win32" });
    const end = () => {
      if (child.pid === undefined) {
        return;
      }
      if (process.platform === "win32") {
        spawn("taskkill", ["/pid", String(child.pid), "/t", "/f"], { stdio: "ignore" });
        return;
      }
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch (error) {
        // It may have ended by itself just now.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
          throw error;
        }
      }
    };
    const stop = () => {
      end();
      reject(new UsageError("Expected the PDF to be printed, but it was stopped; the HTML is complete."));
    };
    const timer = setTimeout(() => {
      end();
      reject(
        new UsageError(
          `Expected ${browser} to print within ${limitSeconds} s, but it did not; the HTML is complete. ${otherwise}`,
        ),
      );
    }, limitSeconds * 1_000);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      process.removeListener("SIGINT", stop);
      process.removeListener("SIGTERM", stop);
      finish();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    child.once("error", (cause) =>
      settle(() =>
        reject(
          new UsageError(
            `Expected to start ${browser}, got ${cause.message}; the HTML is complete. ${otherwise}`,
          ),
        ),
      ),
    );
    child.once("exit", () => settle(resolve));
  });
}
