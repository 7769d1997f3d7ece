// Prints the browser that the tests of the deck would use, and fails if there is none.
import { env } from "node:process";
import { findBrowser } from "../slides/browser.ts";

const browser = findBrowser({ env });
console.log(browser ?? "No Chrome, Edge or Chromium is installed.");
process.exitCode = browser === undefined ? 1 : 0;
