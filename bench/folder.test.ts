import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeResultsFolder } from "./folder.ts";

const startedAt = new Date("2026-11-23T10:15:00Z");
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "take a ticket "));
});
afterEach(() => rm(root, { recursive: true }));

it("gives each benchmark a folder named after its time, and creates the folders above it", async () => {
  const folder = await makeResultsFolder(join(root, "a", "b"), startedAt);
  await folder.write("results.json", "{}");
  folder.log("01", "hello");

  expect(folder.path).toBe(join(root, "a", "b", "2026-11-23T10-15-00"));
  expect((await readdir(folder.path)).toSorted()).toEqual(["logs", "results.json"]);
  expect(await readFile(join(folder.path, "logs", "01.log"), "utf8")).toBe("hello\n");
});

it("gives two runs that begin in the same second different folders", async () => {
  const paths = [await makeResultsFolder(root, startedAt), await makeResultsFolder(root, startedAt)].map(
    ({ path }) => path,
  );

  expect(paths).toEqual(["2026-11-23T10-15-00", "2026-11-23T10-15-00-2"].map((name) => join(root, name)));
});

it("says in one sentence where it can't write, and doesn't try forever", async () => {
  const file = join(root, "a file");
  await writeFile(file, "");

  await expect(makeResultsFolder(join(file, "results"), startedAt)).rejects.toThrow(
    /^Expected to write the results to .*a file.*, got ENOTDIR; make that folder writable/,
  );
});

// There the system itself refuses, even for root.
it.runIf(process.platform === "linux")("gives up at once where the system lets no one write", async () => {
  await expect(makeResultsFolder("/proc/x", startedAt)).rejects.toThrow("Expected to write the results");
});

it("leaves no half-written file behind", async () => {
  const folder = await makeResultsFolder(root, startedAt);
  // There is a folder where the file should be.
  await makeResultsFolder(join(folder.path, "results.json"), startedAt);

  await expect(folder.write("results.json", "{}")).rejects.toThrow(
    /^Expected to write .*results\.json, got E/,
  );
});
