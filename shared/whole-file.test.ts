import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { writeWhole } from "#shared/whole-file.ts";

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "take a ticket "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

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
