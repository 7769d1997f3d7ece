import { join } from "node:path";
import { expect, it } from "vitest";
import { openBrowser } from "./browser.ts";
import { scratchFolder } from "#shared/testing/scratch.ts";

it("uses the browser that CHROME_PATH names, and says if it doesn't exist", async () => {
  const path = join(scratchFolder(), "mine");

  await expect(openBrowser({ CHROME_PATH: path })).rejects.toThrow(
    `Expected a browser at CHROME_PATH, found none at ${path}`,
  );
});

it("returns nothing if no browser is installed", async () => {
  const executablePath = join(scratchFolder(), "browser");

  expect(await openBrowser({}, {}, [{ executablePath }])).toBeUndefined();
});
