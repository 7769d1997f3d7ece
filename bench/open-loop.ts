import { Agent, request as httpRequest } from "node:http";
import type { ClientRequest } from "node:http";
import type { ReadAnswer } from "./answers.ts";
import { watchClock } from "./clock.ts";
import type { ClockReport } from "./clock.ts";

/** A request with the moment at which it must be sent, counted from the start, whatever the server does. */
export interface DueRequest {
  dueMs: number;
  body: string;
  read: (status: number, body: string) => ReadAnswer;
}

/** What came of a request; times count from the start. */
export interface Answer extends ReadAnswer {
  dueMs: number;
  /** How much later than due it was sent: the sender's own fault, and a part of what the customer is said to wait. */
  lateMs: number;
  /** When the answer was complete; `null` if the connection was cut or the limit was over. */
  answeredMs: number | null;
}

export interface OpenLoopResult {
  answers: Answer[];
  clock: ClockReport;
}

interface OpenLoopOptions {
  url: string;
  requests: readonly DueRequest[];
  connections: Agent;
  /** The moment from which everything counts, by `performance.now()`; default: now. */
  startAtMs?: number;
  /** No answer takes longer: then it is unanswered. Default 10,000. */
  limitMs?: number;
  signal?: AbortSignal;
}

/** As many connections as there are open requests: none ever waits for another's. */
export function openConnections(): Agent {
  // An idle one is closed by us before a server would close it under a request that has just begun.
  return new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 1_024, timeout: 4_000 });
}

/** Sends every request when it is due, and waits for all answers. Rejects only if `signal` says so. */
export async function sendOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const { requests, signal, startAtMs = performance.now() } = options;
  const clock = watchClock();
  const open = new Set<ClientRequest>();
  const cutAll = () => open.forEach((request) => request.destroy());
  signal?.addEventListener("abort", cutAll);
  try {
    const answers: Promise<Answer>[] = [];
    for (const request of requests) {
      await until(startAtMs + request.dueMs, signal);
      answers.push(send(request, startAtMs, options, open));
    }
    const all = await Promise.all(answers);
    signal?.throwIfAborted();
    return { answers: all, clock: clock.read() };
  } finally {
    signal?.removeEventListener("abort", cutAll);
    clock.stop();
  }
}

// A timer may come a millisecond late: it is set to the millisecond before, and the rest is waited for turn by turn of
// the event loop. That costs a hundredth of a core at ten requests a second.
async function until(dueAtMs: number, signal: AbortSignal | undefined): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const leftMs = dueAtMs - performance.now();
    if (leftMs <= 0) {
      return;
    }
    await new Promise<void>((resolve) => {
      if (leftMs > 2) {
        // Short enough to notice `signal`.
        setTimeout(resolve, Math.min(leftMs - 1.5, 200));
      } else {
        setImmediate(resolve);
      }
    });
  }
}

function send(
  due: DueRequest,
  startAtMs: number,
  { url, connections, limitMs = 10_000 }: OpenLoopOptions,
  open: Set<ClientRequest>,
): Promise<Answer> {
  const sinceStartMs = () => performance.now() - startAtMs;
  const lateMs = sinceStartMs() - due.dueMs;

  return new Promise((resolve) => {
    const unanswered = () => resolve({ dueMs: due.dueMs, lateMs, answeredMs: null, outcome: "unanswered" });
    const outgoing = httpRequest(url, {
      method: "POST",
      agent: connections,
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(due.body) },
    });
    open.add(outgoing);
    const limit = setTimeout(() => outgoing.destroy(), limitMs);
    outgoing.on("close", () => {
      clearTimeout(limit);
      open.delete(outgoing);
    });
    // A cut connection ends in one of these, whatever part of the answer had come.
    outgoing.on("error", unanswered);
    outgoing.on("close", unanswered);
    outgoing.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("error", unanswered);
      response.on("end", () => {
        const answeredMs = sinceStartMs();
        const read = due.read(response.statusCode ?? 0, body);
        resolve({ dueMs: due.dueMs, lateMs, answeredMs, ...read });
      });
    });
    outgoing.end(due.body);
  });
}
