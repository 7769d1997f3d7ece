import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import { fingerprint, watchFolder } from "./watch.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "mine "))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const save = (name: string, text: string) => writeFileSync(join(folder, name), text);

test("reports files that were saved together once, and a later save again", async () => {
  save("api.ts", "old");
  let told = 0;
  const stop = watchFolder({ folder, onChange: () => (told += 1), everyMs: 20 });

  save("api.ts", "newer");
  save("template.yaml", "new");
  await eventually(async () => told > 0);
  const afterFirst = told;
  save("api.ts", "newest of all");
  await eventually(async () => told > afterFirst);
  stop();

  expect(afterFirst).toBe(1);
});

test("notices a file of the same size by its time, and ignores an editor's files", () => {
  save("api.ts", "old");
  const before = fingerprint(folder);

  save(".api.ts.swp", "x");
  expect(fingerprint(folder)).toBe(before);
  utimesSync(join(folder, "api.ts"), new Date(1_000), new Date(1_000));
  expect(fingerprint(folder)).not.toBe(before);
});

test("notices a save despite an editor's lock, which is a link to nowhere", () => {
  save("api.ts", "old");
  const before = fingerprint(folder);

  symlinkSync("me@here.1234", join(folder, ".#api.ts"));
  save("4913", "");
  save("api.ts~", "older");
  expect(fingerprint(folder)).toBe(before);
  save("api.ts", "newer");
  expect(fingerprint(folder)).not.toBe(before);
});

test("treats a missing folder as an empty one", () => {
  expect(fingerprint(join(folder, "none"))).toBe("");
});
