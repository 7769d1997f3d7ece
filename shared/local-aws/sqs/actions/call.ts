import { failures } from "../errors.ts";
import { requiredString } from "../input.ts";
import type { Input } from "../input.ts";
import type { Queue } from "../queue.ts";
import type { SqsService } from "../service.ts";

/** What an action may use besides its input. */
export interface Call {
  service: SqsService;
  /** Where this SQS is reached; queue URLs begin with it. */
  baseUrl: string;
  /** Aborted once the caller hung up. Made on demand: only a long poll needs one. */
  signal: () => AbortSignal;
}

/** One operation of the API: takes the request's body and gives the answer's. Throws {@link SqsError}. */
export type Action = (input: Input, call: Call) => object | Promise<object>;

/** A queue's address. */
export function queueUrl({ baseUrl, service }: Pick<Call, "baseUrl" | "service">, name: string): string {
  return `${baseUrl}/${service.accountId}/${name}`;
}

/** The queue that the request means. Host and port are the caller's affair: they may reach us by another name. */
export function queueOf(input: Input, { service }: Call): Queue {
  const url = requiredString(input, "QueueUrl");
  const path = `/${service.accountId}/`;
  const start = url.lastIndexOf(path);
  const queue = start === -1 ? undefined : service.findQueue(url.slice(start + path.length));
  if (queue === undefined) {
    throw failures.noSuchQueue();
  }
  return queue;
}
