import { requiredInteger, requiredString } from "../input.ts";
import type { Input } from "../input.ts";
import type { Queue } from "../queue.ts";
import { batchEntries, eachEntry } from "./batch.ts";
import { queueOf } from "./call.ts";
import type { Action } from "./call.ts";

export const changeMessageVisibility: Action = (input, call) => change(queueOf(input, call), input);

export const changeMessageVisibilityBatch: Action = (input, call) => {
  const queue = queueOf(input, call);
  return eachEntry(batchEntries(input, "ChangeMessageVisibilityBatch"), (entry) => change(queue, entry));
};

function change(queue: Queue, input: Input) {
  const receiptHandle = requiredString(input, "ReceiptHandle");
  queue.changeVisibility(receiptHandle, requiredInteger(input, "VisibilityTimeout", 0, 43_200));
  return {};
}
