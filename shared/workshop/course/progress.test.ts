import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasPassedOnce, readProgress, updateProgress, withChecked } from "./progress.ts";

let temporary: string;
let folder: string;
let told: string[];
const place = () => ({ folder, tell: (sentence: string) => void told.push(sentence) });
const pass = (number: number) =>
  updateProgress("04", (progress) => ({ ...progress, passed: [...progress.passed, number] }), place());

beforeEach(() => {
  temporary = mkdtempSync(join(os.tmpdir(), "progress-"));
  folder = temporary;
  told = [];
});
afterEach(() => {
  rmSync(temporary, { recursive: true, force: true });
});

test("reads back what was written, for each chapter", () => {
  pass(1);
  pass(2);
  updateProgress("05", (progress) => ({ ...progress, hints: { 1: 2 }, guess: "b" }), place());

  expect(readProgress("04", place())).toEqual({ passed: [1, 2], hints: {} });
  expect(readProgress("05", place())).toEqual({ passed: [], hints: { 1: 2 }, guess: "b" });
  expect(readProgress("06", place())).toEqual({ passed: [], hints: {} });
  expect(readdirSync(folder)).toEqual(["progress.json"]);
  expect(told).toEqual([]);
});

test("creates a missing folder", () => {
  folder = join(folder, "not", "there");

  pass(1);

  expect(readProgress("04", place())).toMatchObject({ passed: [1] });
});

test.each([
  ["no JSON", '{"version": 1, "chap', "it is not JSON"],
  ["nothing", "", "it is not JSON"],
  ["another version", '{"version": 2, "chapters": {}}', "version: "],
  ["something unknown", '{"version": 1, "chapters": {}, "points": 7}', "Unrecognized key"],
  [
    "a wrong number",
    '{"version": 1, "chapters": {"04": {"passed": [-1], "hints": {}}}}',
    "chapters.04.passed.0",
  ],
])("sets a file with %s aside, says so, and loses nothing", (_name, text, why) => {
  writeFileSync(join(folder, "progress.json"), text);

  expect(readProgress("04", place())).toEqual({ passed: [], hints: {} });

  expect(told).toEqual([expect.stringContaining(why)]);
  const [kept = "", ...more] = readdirSync(folder);
  expect(more).toEqual([]);
  expect(kept).toMatch(/^progress\.broken-.+\.json$/);
  expect(told[0]).toContain(kept);
  expect(readFileSync(join(folder, kept), "utf8")).toBe(text);
});

test("keeps both of two broken files within the same second", () => {
  for (const text of ["one", "two"]) {
    writeFileSync(join(folder, "progress.json"), text);
    readProgress("04", place());
  }

  const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  expect(kept.toSorted()).toEqual(["one", "two"]);
});

test("sets aside a folder in its place too, and keeps the progress", () => {
  mkdirSync(join(folder, "progress.json"));
  writeFileSync(join(folder, "progress.json", "mine.txt"), "mine");

  pass(1);

  expect(readProgress("04", place())).toMatchObject({ passed: [1] });
  expect(told).toEqual([expect.stringContaining("EISDIR")]);
  const aside = readdirSync(folder).find((name) => name.startsWith("progress.broken-")) ?? "";
  expect(readFileSync(join(folder, aside, "mine.txt"), "utf8")).toBe("mine");
});

test("says that nothing can be written, and returns the result all the same", () => {
  // Works for every user, even root: you can't create a folder below a file.
  folder = join(folder, "a-file");
  writeFileSync(folder, "");

  expect(pass(1)).toMatchObject({ passed: [1] });

  expect(told).toEqual([expect.stringMatching(/^Your progress can't be saved \((ENOTDIR|EEXIST|ENOENT)\)/)]);
});

test("a check adds what is done, removes what is open, and keeps what it did not look at", () => {
  const checked = [
    { number: 1, state: "done" },
    { number: 2, state: "open" },
    { number: 3, state: "unchecked" },
  ] as const;

  expect(withChecked({ passed: [3], hints: { 2: 1 } }, checked)).toEqual({ passed: [1, 3], hints: { 2: 1 } });
});

test("remembers a task that had passed and is open now as broken, until it passes again", () => {
  const open = withChecked({ passed: [1, 2], hints: {} }, [{ number: 1, state: "open" }]);
  const stillOpen = withChecked(open, [{ number: 1, state: "open" }]);
  const again = withChecked(stillOpen, [{ number: 1, state: "done" }]);

  expect([open, stillOpen, again]).toEqual([
    { passed: [2], broken: [1], hints: {} },
    { passed: [2], broken: [1], hints: {} },
    { passed: [1, 2], hints: {} },
  ]);
  expect([1, 2, 3].map((number) => hasPassedOnce(stillOpen, number))).toEqual([true, true, false]);
});

test("a copy that does not run removes nothing", () => {
  const checked = [{ number: 1, state: "open", doesNotRun: true }] as const;

  expect(withChecked({ passed: [1, 2], hints: {} }, checked)).toEqual({ passed: [1, 2], hints: {} });
});
