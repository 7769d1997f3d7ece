import { join } from "node:path";
import { startChild } from "#shared/run/child-process.ts";
import { ownCertificates } from "#shared/run/environment.ts";
import type { ReadAnswer } from "./answers.ts";
import type { ClockReport } from "./clock.ts";

/** A request with the moment at which it must be sent, counted from the start, whatever the server does. */
interface DueRequest {
  dueMs: number;
  body: string;
  read: (status: number, body: string) => ReadAnswer;
}

/** The outcome of a request. Times count from the start. */
interface OpenLoopAnswer extends ReadAnswer {
  dueMs: number;
  /** How much later than due it was sent. That is the sender's fault, and counts as part of the customer's wait. */
  lateMs: number;
  /** When the answer was complete. `null` if the connection was cut or the time limit was over. */
  answeredMs: number | null;
  /** Absent without an answer. */
  status?: number;
  /** Why there was no answer, in words, and when that became clear. */
  failure?: string;
  failedMs?: number;
}

interface OpenLoopOptions {
  url: string;
  requests: readonly DueRequest[];
  /** Default POST. */
  method?: string;
  /** With lower-case names. A body is JSON unless they say otherwise. */
  headers?: Readonly<Record<string, string>>;
  /** The moment from which everything counts, by `performance.now()`. Default: when the sender has all requests. */
  startAtMs?: number;
  /** The time limit for an answer. After it the request counts as unanswered. Default 10,000. */
  limitMs?: number;
  /** How much of an answer's body `read` gets. Default 64 KiB. */
  keepBytes?: number;
  /** Cuts everything off, and {@link Sender.send} rejects with its reason. */
  signal?: AbortSignal;
  /** Cuts everything off too, but the result contains the answers so far. */
  enough?: AbortSignal;
}

export interface OpenLoopResult {
  /** In the order of the requests. */
  answers: OpenLoopAnswer[];
  clock: ClockReport;
  /** The share of one core that the sender's process used while it sent and waited for answers. */
  cpuShare: number;
}

/** A process that only sends, so that the benchmark's other work can't make it late. */
export interface Sender {
  pid: number;
  /**
   * Sends every request when it is due, and waits for all answers. Rejects if `signal` is aborted or the sender's process
   * died.
   */
  send: (options: OpenLoopOptions) => Promise<OpenLoopResult>;
  stop: () => Promise<void>;
}

/** From the benchmark to the sender's process. */
export type ToSender = SendMessage | { kind: "cut"; id: number };

export interface SendMessage {
  kind: "send";
  id: number;
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  /** By `performance.timeOrigin + performance.now()`, which all processes of a machine share. Absent: at once. */
  startAtEpochMs?: number;
  limitMs: number;
  /** How much of an answer's body comes back. */
  keepBytes: number;
  /** Each distinct body once: all requests may have the same. */
  bodies: readonly string[];
  requests: readonly { dueMs: number; body: number }[];
}

/** A request's outcome, before its answer was read. */
export interface RawAnswer {
  lateMs: number;
  answeredMs: number | null;
  /** 0 if there was no answer. */
  status: number;
  body: string;
  /** Why there was no answer, and when that became clear. */
  failure?: string;
  failedMs?: number;
}

/** From the sender's process, when every request is answered or cut off. */
export interface SentMessage {
  kind: "sent";
  id: number;
  /** In the order of the requests. `null` for those cut off before their answer. */
  answers: (RawAnswer | null)[];
  clock: ClockReport;
  cpuShare: number;
}

const defaultLimitMs = 10_000;
const defaultKeepBytes = 65_536;
// Cutting off takes milliseconds. Don't wait longer than this for it.
const cutOffWithinMs = 2_000;

/** Starts a sender. It handles any number of schedules, one after another or at the same time, and ends with this process. */
export async function startSender(): Promise<Sender> {
  const waiting = new Map<number, (message: SentMessage) => void>();
  const child = await startChild({
    name: "sender",
    file: join(import.meta.dirname, "sending-process.ts"),
    // The measured server may use HTTPS.
    env: ownCertificates(),
    onMessage: (message) => {
      if (message["kind"] === "sent") {
        const sent = message as unknown as SentMessage;
        waiting.get(sent.id)?.(sent);
      }
    },
  });
  await child.ready;
  const tell = (message: ToSender) => child.send(message);
  let lastId = 0;

  const send = async (options: OpenLoopOptions): Promise<OpenLoopResult> => {
    const { signal, enough, requests } = options;
    signal?.throwIfAborted();
    lastId += 1;
    const id = lastId;
    let tooLong: NodeJS.Timeout | undefined;
    const cut = () => {
      tell({ kind: "cut", id });
      tooLong ??= setTimeout(() => void child.kill(), cutOffWithinMs);
    };
    const sent = new Promise<SentMessage>((resolve) => waiting.set(id, resolve));
    const died = child.exited.then((how) => {
      signal?.throwIfAborted();
      throw new Error(
        `Expected the sender to send ${requests.length} requests, but its process ended: ${how}`,
      );
    });
    died.catch(() => {});
    try {
      tell(messageFor(id, options));
      signal?.addEventListener("abort", cut);
      enough?.addEventListener("abort", cut);
      if (enough?.aborted === true) {
        cut();
      }
      const { answers, clock, cpuShare } = await Promise.race([sent, died]);
      signal?.throwIfAborted();
      return { answers: readAll(requests, answers), clock, cpuShare };
    } finally {
      clearTimeout(tooLong);
      signal?.removeEventListener("abort", cut);
      enough?.removeEventListener("abort", cut);
      waiting.delete(id);
    }
  };
  return { pid: child.pid, send, stop: () => child.stop(1_000) };
}

function messageFor(id: number, options: OpenLoopOptions): SendMessage {
  const { url, method = "POST", headers = {}, startAtMs } = options;
  const bodies = [...new Set(options.requests.map(({ body }) => body))];
  const placeOf = new Map(bodies.map((body, place) => [body, place]));
  return {
    kind: "send",
    id,
    url,
    method,
    headers,
    ...(startAtMs !== undefined && { startAtEpochMs: performance.timeOrigin + startAtMs }),
    limitMs: options.limitMs ?? defaultLimitMs,
    keepBytes: options.keepBytes ?? defaultKeepBytes,
    bodies,
    requests: options.requests.map(({ dueMs, body }) => ({ dueMs, body: placeOf.get(body) ?? 0 })),
  };
}

function readAll(requests: readonly DueRequest[], raw: readonly (RawAnswer | null)[]): OpenLoopAnswer[] {
  return requests.flatMap(({ dueMs, read }, at) => {
    const answer = raw[at] ?? null;
    if (answer === null) {
      return [];
    }
    const { lateMs, answeredMs, status, body, failure, failedMs } = answer;
    return failure === undefined
      ? { dueMs, lateMs, answeredMs, status, ...read(status, body) }
      : { dueMs, lateMs, answeredMs: null, outcome: "unanswered", failure, ...(failedMs && { failedMs }) };
  });
}
