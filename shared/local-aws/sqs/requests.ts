import type { MessageAttribute } from "./message.ts";

/** What a producer asks for; the queue's settings stand in for what is missing. */
export interface Sending {
  body: string;
  delaySeconds?: number | undefined;
  messageAttributes?: Readonly<Record<string, MessageAttribute>>;
}

/** What a consumer asks for; the queue's settings stand in for what is missing. */
export interface Receiving {
  maxNumberOfMessages: number;
  waitTimeSeconds?: number | undefined;
  visibilityTimeoutSeconds?: number | undefined;
  /** Ends a long poll at once, with nothing. */
  signal?: AbortSignal | undefined;
}
