import type { ClockReport } from "../clock.ts";

/** What the benchmark tells the sender's process. */
export type ToSender = SendMessage | { kind: "cut"; id: number };

export interface SendMessage {
  kind: "send";
  id: number;
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  /** By `performance.timeOrigin + performance.now()`, which all processes of a machine share; absent: at once. */
  startAtEpochMs?: number;
  limitMs: number;
  /** So much of an answer's body comes back. */
  keepBytes: number;
  /** Each body once: all requests may have the same. */
  bodies: readonly string[];
  requests: readonly { dueMs: number; body: number }[];
}

/** What became of a request, before anybody has read the answer. */
export interface RawAnswer {
  lateMs: number;
  answeredMs: number | null;
  /** 0 if there was no answer. */
  status: number;
  body: string;
  /** Why there was no answer. */
  failure?: string;
}

/** What the sender's process tells the benchmark, when all is answered or was cut off. */
export interface SentMessage {
  kind: "sent";
  id: number;
  /** In the order of the requests; `null` for those that were cut off before their answer. */
  answers: (RawAnswer | null)[];
  clock: ClockReport;
  cpuShare: number;
}
