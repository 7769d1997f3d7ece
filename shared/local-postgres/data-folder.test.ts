import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { removeStaleFolders } from "./data-folder.ts";

// The temporary folder, which all users of a machine may share.
let shared: string;
let stopped: string;
let pgCtl: string;
beforeEach(() => {
  shared = mkdtempSync(join(tmpdir(), "take a ticket "));
  // Root's pg_ctl runs as another user.
  chmodSync(shared, 0o777);
  vi.stubEnv("TMPDIR", shared).stubEnv("TEMP", shared);
  stopped = join(shared, "stopped");
  // A pg_ctl that only records its call.
  pgCtl = join(shared, "pg_ctl");
  writeFileSync(pgCtl, `#!/bin/sh\necho "$@" >> "${stopped}"\n`, { mode: 0o755 });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(shared, { recursive: true, force: true });
});

// No process ever has this id.
const nameOf = (suffix: string) => join(shared, `take-a-ticket-postgres-4194999-${suffix}`);
const leftBehind = (suffix: string) => {
  const folder = nameOf(suffix);
  mkdirSync(join(folder, "data"), { recursive: true });
  writeFileSync(join(folder, "data", "postmaster.pid"), "1\n");
  return folder;
};

it("removes what a killed run of this user left behind", () => {
  const folder = leftBehind("own");

  removeStaleFolders(pgCtl);

  expect(existsSync(folder)).toBe(false);
  // Windows runs no shell script.
  expect(existsSync(stopped)).toBe(process.platform !== "win32");
});

it("leaves files and the targets of links alone, and doesn't fail", () => {
  writeFileSync(nameOf("file"), "");
  const elsewhere = join(shared, "elsewhere");
  mkdirSync(join(elsewhere, "data"), { recursive: true });
  symlinkSync(elsewhere, nameOf("link"), "junction");

  removeStaleFolders(pgCtl);

  expect([nameOf("file"), nameOf("link"), join(elsewhere, "data")].map((path) => existsSync(path))).toEqual([
    true,
    true,
    true,
  ]);
  expect(existsSync(stopped)).toBe(false);
});

it.skipIf(process.getuid?.() !== 0)(
  "leaves another user's folder alone, which could name any process to end",
  () => {
    const folder = leftBehind("other");
    chownSync(folder, 12_345, 12_345);

    removeStaleFolders(pgCtl);

    expect(existsSync(folder)).toBe(true);
    expect(existsSync(stopped)).toBe(false);
  },
);

it("doesn't fail if nothing can be read or run", () => {
  const folder = leftBehind("own");
  removeStaleFolders(join(shared, "no-such-program"));
  expect(existsSync(folder)).toBe(false);

  vi.stubEnv("TMPDIR", pgCtl).stubEnv("TEMP", pgCtl);
  expect(() => removeStaleFolders(pgCtl)).not.toThrow();
});
