import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import { fingerprint, watchFolder } from "./watch.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "mine "))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const save = (name: string, text: string) => writeFileSync(join(folder, name), text);

test("tells once of files that were saved together, and again of a later save", async () => {
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

test("sees a file of the same size by its time, and doesn't see what an editor puts beside it", () => {
  save("api.ts", "old");
  const before = fingerprint(folder);

  save(".api.ts.swp", "x");
  expect(fingerprint(folder)).toBe(before);
  utimesSync(join(folder, "api.ts"), new Date(1_000), new Date(1_000));
  expect(fingerprint(folder)).not.toBe(before);
});

test("takes a folder that is not there for an empty one", () => {
  expect(fingerprint(join(folder, "none"))).toBe("");
});
