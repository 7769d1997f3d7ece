/** What the load process is asked to do; it answers one job before it takes the next. */
export type Job =
  | { kind: "send"; url: string; queueUrl: string; connections: number; durationMs: number }
  | { kind: "fill"; url: string; queueUrl: string; messages: number }
  | { kind: "drain"; url: string; queueUrl: string; connections: number; messages: number };

export interface JobResult {
  /** Requests or messages, as the job counts. */
  count: number;
  elapsedMs: number;
  /** How much of one core the load process itself used: near 1, the figure is its own and not the server's. */
  ownShare: number;
}
