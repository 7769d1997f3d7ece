import { Agent as PlainAgent, request as plainRequest } from "node:http";
import type { ClientRequest } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { urlToHttpOptions } from "node:url";
import type { RawAnswer, SendMessage } from "./messages.ts";

// As many connections as there are open requests: none ever waits for another's. An idle one is closed by us before a
// server would close it under a request that has just begun.
const manyConnections = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: 1_024, timeout: 4_000 };
const plainAgent = new PlainAgent(manyConnections);
const secureAgent = new SecureAgent(manyConnections);

/**
 * A function that sends one request and gives what became of it, with times from `startAtMs` on; `null` if it was cut
 * off.
 */
export function exchange(message: SendMessage, cut: AbortSignal) {
  const { url, method, headers, limitMs, keepBytes } = message;
  // Taken apart once, not for each request.
  const target = urlToHttpOptions(new URL(url));
  const isSecure = target.protocol === "https:";
  const begin = isSecure ? secureRequest : plainRequest;
  const agent = isSecure ? secureAgent : plainAgent;
  const open = new Set<ClientRequest>();
  cut.addEventListener("abort", () => open.forEach((request) => request.destroy()));

  return (body: string, startAtMs: number, dueMs: number): Promise<RawAnswer | null> => {
    const sinceStartMs = () => performance.now() - startAtMs;
    const lateMs = sinceStartMs() - dueMs;
    const contents = {
      ...(body !== "" && { "content-type": "application/json" }),
      ...((body !== "" || !["GET", "HEAD", "DELETE"].includes(method)) && {
        "content-length": Buffer.byteLength(body),
      }),
    };
    return new Promise((resolve) => {
      let isOver = false;
      const unanswered = (failure: string) =>
        resolve(cut.aborted ? null : { lateMs, answeredMs: null, status: 0, body: "", failure });
      const outgoing = begin({ ...target, method, agent, headers: { ...contents, ...headers } });
      open.add(outgoing);
      const limit = setTimeout(() => {
        isOver = true;
        outgoing.destroy();
      }, limitMs);
      // A cut connection ends in one of these, whatever part of the answer had come.
      const failed = (error?: NodeJS.ErrnoException) =>
        unanswered(isOver ? `no answer within ${limitMs / 1_000} s` : nameOf(error?.code));
      outgoing.on("error", failed);
      outgoing.on("close", () => {
        clearTimeout(limit);
        open.delete(outgoing);
        failed();
      });
      outgoing.on("response", (response) => {
        const chunks: Buffer[] = [];
        let kept = 0;
        response.on("data", (chunk: Buffer) => {
          if (kept < keepBytes) {
            chunks.push(chunk.subarray(0, keepBytes - kept));
            kept += chunk.length;
          }
        });
        response.on("error", failed);
        response.on("end", () => {
          const answeredMs = sinceStartMs();
          resolve({
            lateMs,
            answeredMs,
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString("utf8"),
          });
        });
      });
      outgoing.end(body);
    });
  };
}

const names: Record<string, string> = { ECONNREFUSED: "connection refused", ENOTFOUND: "no such host" };

function nameOf(code: string | undefined): string {
  return code === undefined || code === "ECONNRESET" || code === "EPIPE"
    ? "connection cut"
    : (names[code] ?? code);
}
