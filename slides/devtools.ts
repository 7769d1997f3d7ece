import { spawn } from "node:child_process";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import * as z from "zod";

/** A headless browser that does what it is told over two pipes, by the DevTools protocol. */
export interface DrivenBrowser {
  /** Rejects if the browser says no, or ends. */
  send: (method: string, params?: object, sessionId?: string) => Promise<Record<string, unknown>>;
  /** Ends all of its processes. */
  end: () => void;
}

const answerSchema = z.object({
  id: z.number().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** Starts it. What goes wrong, at once or later, rejects what was sent and not yet answered. */
export function driveBrowser(path: string, flags: readonly string[]): DrivenBrowser {
  const child = spawn(path, [...flags, "--remote-debugging-pipe", "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    // A group of its own, since a browser is many processes.
    detached: process.platform !== "win32",
  });
  const [toBrowser, fromBrowser] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }
  >();
  let over: Error | undefined;
  const fail = (error: Error) => {
    over ??= error;
    for (const { reject } of waiting.values()) {
      reject(over);
    }
    waiting.clear();
  };
  child.once("error", fail);
  child.once("exit", () => fail(new Error("it ended")));
  // A pipe breaks when its browser ends, in words that differ by system.
  const pipeBroke = (cause: Error) => fail(new Error("it ended", { cause }));
  toBrowser.on("error", pipeBroke);
  fromBrowser.on("error", pipeBroke);

  let unread = Buffer.alloc(0);
  fromBrowser.on("data", (part: Buffer) => {
    unread = Buffer.concat([unread, part]);
    for (let end = unread.indexOf(0); end !== -1; end = unread.indexOf(0)) {
      const { id, result = {}, error } = answerSchema.parse(JSON.parse(unread.toString("utf8", 0, end)));
      unread = unread.subarray(end + 1);
      const asked = waiting.get(id ?? -1);
      waiting.delete(id ?? -1);
      if (error === undefined) {
        asked?.resolve(result);
      } else {
        asked?.reject(new Error(error.message));
      }
    }
  });

  let lastId = 0;
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        if (over !== undefined) {
          reject(over);
          return;
        }
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        toBrowser.write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
      }),
    end: () => {
      if (child.pid === undefined || child.exitCode !== null) {
        return;
      }
      if (process.platform === "win32") {
        spawn("taskkill", ["/pid", String(child.pid), "/t", "/f"], { stdio: "ignore" });
        return;
      }
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch (error) {
        // It may have ended by itself just now.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
          throw error;
        }
      }
    },
  };
}
