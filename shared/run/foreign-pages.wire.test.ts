import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { expect, it } from "vitest";
import { descendantsOf } from "#shared/testing/processes.ts";
import { statusFor } from "#shared/testing/foreign-page.ts";
import { findChapter } from "./chapters.ts";
import { startChapter } from "./start-chapter.ts";

// Linux tells who listens where. A server that is added later is found, too.
it.skipIf(process.platform !== "linux").each(["01", "03", "07", "lab-retries"])(
  "no server of chapter %s answers a page of a browser",
  async (number) => {
    const before = new Set(descendantsOf(process.pid));
    const running = await startChapter({ folder: findChapter(number).folder });
    try {
      const started = descendantsOf(process.pid).filter((pid) => !before.has(pid));
      const ports = started.flatMap(portsOf);

      // The API, the vendor, and the four of the embedded AWS.
      expect(ports).toContain(Number(new URL(running.apiUrl).port));
      expect(ports.length).toBeGreaterThanOrEqual(6);
      const urls = ports.map((port) => `http://127.0.0.1:${port}/`);
      const answers = urls.flatMap((url) => [
        statusFor(url, { headers: { host: "example.com" } }),
        statusFor(url, { method: "POST", headers: { origin: "https://example.com" } }),
        statusFor(url, { method: "OPTIONS", headers: { origin: "https://example.com" } }),
      ]);
      expect(new Set(await Promise.all(answers))).toEqual(new Set([403]));
    } finally {
      await running.stop();
    }
  },
);

/** The ports of 127.0.0.1 on which a process listens; none of one that has ended, as the `ps` that listed it. */
function portsOf(pid: number): number[] {
  if (!existsSync(`/proc/${pid}/fd`)) {
    return [];
  }
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
      } catch {
        // Closed since it was listed.
        return [];
      }
    }),
  );
  const listening = "0A";
  return readFileSync(`/proc/${pid}/net/tcp`, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , socket = ""]) => state === listening && sockets.has(socket))
    .map(([, local = ""]) => Number.parseInt(local.split(":")[1] ?? "", 16));
}
