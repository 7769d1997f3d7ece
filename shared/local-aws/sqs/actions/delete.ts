import { requiredString } from "../input.ts";
import { batchEntries, eachEntry } from "./batch.ts";
import { queueOf } from "./call.ts";
import type { Action } from "./call.ts";

export const deleteMessage: Action = (input, call) => {
  queueOf(input, call).delete(requiredString(input, "ReceiptHandle"));
  return {};
};

export const deleteMessageBatch: Action = (input, call) => {
  const queue = queueOf(input, call);
  return eachEntry(batchEntries(input, "DeleteMessageBatch"), (entry) => {
    queue.delete(requiredString(entry, "ReceiptHandle"));
    return {};
  });
};
