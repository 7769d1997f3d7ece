// Prints the browser that the tests in a browser would use, and fails if there is none.
import { env } from "node:process";
import { openBrowser } from "../shared/picture/browser.ts";

const browser = await openBrowser(env);
console.log(browser?.name ?? "No Chrome, Edge or Chromium is installed.");
await browser?.close();
process.exitCode = browser === undefined ? 1 : 0;
