import { join } from "node:path";
import { expect, it } from "vitest";
import { openBrowser } from "./browser.ts";
import { scratchFolder } from "#shared/testing/scratch.ts";

it("takes the one that CHROME_PATH names, and says so if it is not there", async () => {
  const path = join(scratchFolder(), "mine");

  await expect(openBrowser({ CHROME_PATH: path })).rejects.toThrow(
    `Expected a browser at CHROME_PATH, found none at ${path}`,
  );
});

it("gives nothing where none is installed", async () => {
  const executablePath = join(scratchFolder(), "browser");

  expect(await openBrowser({}, {}, [{ executablePath }])).toBeUndefined();
});
