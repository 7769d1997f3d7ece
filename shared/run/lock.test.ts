import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeLock } from "./lock.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "workshop "))));
afterEach(() => rmSync(folder, { recursive: true }));
const file = () => join(folder, "kept", "workshop.json");
const take = () => takeLock(file(), (where) => `It is open already in another terminal${where}.`);

test("refuses a second process in a sentence that names the first, and accepts it afterwards", () => {
  const giveBack = take();

  expect(take).toThrow(`It is open already in another terminal (process ${process.pid}).`);
  giveBack();
  take()();
  expect(existsSync(file())).toBe(false);
});

test.each([
  // No process has this id: it is above the limit of all our systems.
  ["a process that is gone", `{"pid":2000000000}`, 0],
  ["a process that has its number by chance", `{"pid":${process.ppid}}`, 60],
  ["a file cut off in the middle", `{"pi`, 0],
  ["an empty file", "", 0],
])("takes the place of %s", (_name, text, secondsOld) => {
  take()();
  writeFileSync(file(), text);
  const then = new Date(Date.now() - secondsOld * 1_000);
  utimesSync(file(), then, then);

  const giveBack = take();

  expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ pid: process.pid });
  giveBack();
});

test("doesn't release another process's lock", () => {
  const giveBack = take();
  writeFileSync(file(), `{"pid":${process.ppid}}`);

  giveBack();

  expect(existsSync(file())).toBe(true);
});
