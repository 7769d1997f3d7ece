import { expect, it } from "vitest";
import { descendantsOf, listeningPortsOf } from "#shared/testing/processes.ts";
import { statusFor } from "#shared/testing/foreign-page.ts";
import { findChapter } from "./chapters.ts";
import { startChapter } from "./start-chapter.ts";

// Linux shows who listens where, so this finds new servers too.
it.skipIf(process.platform !== "linux").each(["01", "03", "07", "lab-retries"])(
  "no server of chapter %s answers a foreign web page",
  async (number) => {
    const before = new Set(descendantsOf(process.pid));
    const running = await startChapter({ folder: findChapter(number).folder, devices: 1 });
    try {
      const started = descendantsOf(process.pid).filter((pid) => !before.has(pid));
      const ports = started.flatMap(listeningPortsOf);

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
