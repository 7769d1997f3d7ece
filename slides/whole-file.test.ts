import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scratchFolder } from "./testing/scratch.ts";
import { writeWhole } from "./whole-file.ts";

it("writes into a folder that is not there yet, and takes the place of what was there", async () => {
  const file = join(scratchFolder(), "built", "deck.html");

  await writeWhole(file, "first");
  await writeWhole(file, "second");

  expect(readFileSync(file, "utf8")).toBe("second");
});

it("leaves nothing half-written if it can't", async () => {
  const folder = scratchFolder();
  const file = join(folder, "deck.html");
  mkdirSync(file);
  writeFileSync(join(file, "kept"), "");

  await expect(writeWhole(file, "new")).rejects.toThrow(/deck\.html/);

  expect(readdirSync(folder)).toEqual(["deck.html"]);
  expect(readdirSync(file)).toEqual(["kept"]);
});
