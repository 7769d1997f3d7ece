import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server } from "node:net";
import os from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectFolder } from "#shared/run/chapters.ts";
import { smokeTest } from "#shared/workshop/doctor-smoke.ts";

/** What a check found; `mend` says what to do if it is not well. */
export interface Finding {
  name: string;
  found: string;
  mend?: string;
}

type Check = () => Promise<Omit<Finding, "name">>;

/** Examines the machine. Never rejects: what a check can't do is a finding. */
export async function examine(): Promise<Finding[]> {
  const checks: [string, Check][] = [
    ["Node", async () => judgeNode(process.versions.node)],
    ["binaries", binaries],
    ["write access", writeAccess],
    ["free ports", freePorts],
    ["clock", clock],
    ["memory", async () => judgeMemory(process.availableMemory())],
    ["embedded AWS", smokeTest],
  ];
  const findings: Finding[] = [];
  // One after another: the smoke test is about time, too.
  for (const [name, check] of checks) {
    findings.push({ name, ...(await check().catch(unexpected)) });
  }
  return findings;
}

const unexpected = (error: unknown) => ({
  found: error instanceof Error ? error.message : String(error),
  mend: "This should not happen: delete the folder node_modules, type `npm ci`, and try again.",
});

/** The same versions as `engines` in package.json: 20.19 or later of 20, or 22.12 and later. */
export function judgeNode(version: string): Omit<Finding, "name"> {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isRight = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  const mend = "Install Node 24 from https://nodejs.org, open a new terminal, and type `npm ci` again.";
  return isRight ? { found: version } : { found: `${version}, expected 20.19 or 22.12 or newer`, mend };
}

const megabyte = 2 ** 20;
const neededMegabytes = 1_000;

/** A chapter with functions takes about ten processes. */
export function judgeMemory(bytes: number): Omit<Finding, "name"> {
  const free = Math.round(bytes / megabyte);
  const found = `${free} MB free`;
  return free >= neededMegabytes
    ? { found }
    : { found, mend: `Expected at least ${neededMegabytes} MB: close a browser, or another large program.` };
}

async function binaries(): Promise<Omit<Finding, "name">> {
  const missing: string[] = [];
  // By name, so that a package that is missing is a finding and no broken start of this program.
  for (const name of ["@napi-rs/canvas", "classic-level", "esbuild"]) {
    await import(name).catch(() => missing.push(name));
  }
  const system = `${os.platform()} ${os.arch()}`;
  if (missing.length === 0) {
    return { found: system };
  }
  const onWindowsOnArm = os.platform() === "win32" && os.arch() === "arm64";
  const mend = onWindowsOnArm
    ? "classic-level has none for Windows on ARM: install Node for x64, which Windows can run there, and type `npm ci`."
    : "Delete the folder node_modules and type `npm ci` on this very machine: a copied folder has another system's binaries.";
  return { found: `none for ${system}: ${missing.join(", ")}`, mend };
}

async function writeAccess(): Promise<Omit<Finding, "name">> {
  for (const parent of [projectFolder, join(projectFolder, "node_modules"), os.tmpdir()]) {
    try {
      const folder = await mkdtemp(join(parent, ".doctor-"));
      await writeFile(join(folder, "a file"), "a");
      await rm(folder, { recursive: true });
    } catch (error) {
      const { code = "an error" } = error as NodeJS.ErrnoException;
      return {
        found: `${code} in ${parent}`,
        mend: "Free some space, or move the project to a folder of your own (not one that a cloud keeps in step).",
      };
    }
  }
  return { found: "here and in the folder for temporary files" };
}

const portsOfAChapter = 8;

async function freePorts(): Promise<Omit<Finding, "name">> {
  const servers: Server[] = [];
  try {
    for (let at = 0; at < portsOfAChapter; at += 1) {
      const server = createServer();
      servers.push(server);
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(0, "127.0.0.1", resolve);
      });
    }
    return { found: `${portsOfAChapter} on 127.0.0.1` };
  } catch (error) {
    const { code = "an error" } = error as NodeJS.ErrnoException;
    return {
      found: `${code} on 127.0.0.1`,
      mend: "Let programs listen on 127.0.0.1: a firewall or a VPN may forbid it.",
    };
  } finally {
    servers.forEach((server) => server.close());
  }
}

const watchedMs = 200;
const driftAllowedMs = 20;
// Nobody has run this before.
const earliestMs = Date.UTC(2026, 0, 1);

async function clock(): Promise<Omit<Finding, "name">> {
  const difference = () => Date.now() - performance.now();
  const before = difference();
  await sleep(watchedMs);
  const driftMs = Math.abs(difference() - before);
  const now = new Date();
  const mend = "Set this machine's clock, let the system keep it by itself, and wait until it is done.";
  if (now.getTime() < earliestMs) {
    return { found: `it says ${now.toISOString().slice(0, 10)}`, mend };
  }
  return driftMs > driftAllowedMs
    ? { found: `it moved by ${Math.round(driftMs)} ms in ${watchedMs} ms`, mend }
    : { found: `it says ${now.toISOString().slice(0, 16).replace("T", " ")} UTC, and runs evenly` };
}
