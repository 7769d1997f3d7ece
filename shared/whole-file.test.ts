import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeWhole, writeWholeSync } from "#shared/whole-file.ts";

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "take a ticket "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe.each([
  ["writeWhole", writeWhole],
  ["writeWholeSync", async (file: string, data: string) => writeWholeSync(file, data)],
])("%s", (_name, write) => {
  it("writes into a new folder, and replaces an existing file", async () => {
    const file = join(scratchFolder(), "built", "deck.html");

    await write(file, "first");
    await write(file, "second");

    expect(readFileSync(file, "utf8")).toBe("second");
  });

  it("leaves nothing half-written if it fails", async () => {
    const folder = scratchFolder();
    const file = join(folder, "deck.html");
    mkdirSync(file);
    writeFileSync(join(file, "kept"), "");

    await expect(write(file, "new")).rejects.toThrow(/deck\.html/);

    expect(readdirSync(folder)).toEqual(["deck.html"]);
    expect(readdirSync(file)).toEqual(["kept"]);
  });
});

// Windows has no such modes.
it.skipIf(process.platform === "win32")("can write a file that no one else may read", () => {
  const file = join(scratchFolder(), "token.json");

  writeWholeSync(file, "secret", { mode: 0o600 });

  expect(statSync(file).mode & 0o777).toBe(0o600);
});
