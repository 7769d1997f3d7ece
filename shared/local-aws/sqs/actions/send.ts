import { failures } from "../errors.ts";
import { optionalInteger, requiredString } from "../input.ts";
import type { Input } from "../input.ts";
import { md5OfAttributes, sizeInBytes } from "../message.ts";
import { readMessageAttributes } from "../message-attributes.ts";
import type { Queue } from "../queue.ts";
import { maximumMessageSizeBytes } from "../settings.ts";
import { batchEntries, eachEntry } from "./batch.ts";
import { queueOf } from "./call.ts";
import type { Action } from "./call.ts";

// What XML 1.0 allows. With the flag `u` half a surrogate pair is a character of its own, and refused.
const forbidden = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export const sendMessage: Action = (input, call) => send(queueOf(input, call), input);

export const sendMessageBatch: Action = (input, call) => {
  const queue = queueOf(input, call);
  const entries = batchEntries(input, "SendMessageBatch");
  const sizeBytes = entries.reduce((sum, entry) => sum + readMessage(entry).sizeBytes, 0);
  if (sizeBytes > maximumMessageSizeBytes) {
    throw failures.batchTooLong(maximumMessageSizeBytes, sizeBytes);
  }
  return eachEntry(entries, (entry) => send(queue, entry));
};

function send(queue: Queue, input: Input) {
  const { body, messageAttributes, sizeBytes } = readMessage(input);
  const { maximumMessageSizeBytes: limitBytes } = queue.settings;
  if (sizeBytes > limitBytes) {
    throw failures.invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${limitBytes} bytes.`,
    );
  }
  if (forbidden.test(body)) {
    throw failures.invalidContents();
  }
  const delaySeconds = optionalInteger(input, "DelaySeconds", 0, 900);
  const { messageId, md5OfBody } = queue.send({ body, delaySeconds, messageAttributes });
  const answer = { MessageId: messageId, MD5OfMessageBody: md5OfBody };
  const hasAttributes = Object.keys(messageAttributes).length > 0;
  return hasAttributes ? { ...answer, MD5OfMessageAttributes: md5OfAttributes(messageAttributes) } : answer;
}

function readMessage(input: Input) {
  const body = requiredString(input, "MessageBody");
  const messageAttributes = readMessageAttributes(input);
  return { body, messageAttributes, sizeBytes: sizeInBytes(body, messageAttributes) };
}
