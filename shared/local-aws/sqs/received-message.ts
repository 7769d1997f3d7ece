import type { Message, MessageAttribute } from "./message.ts";
import { writeReceiptHandle } from "./receipt-handles.ts";

/** A message as one receive brings it. */
export interface ReceivedMessage {
  messageId: string;
  receiptHandle: string;
  body: string;
  md5OfBody: string;
  /** SQS's own attributes, all of them text, as on the wire. */
  attributes: {
    ApproximateReceiveCount: string;
    SentTimestamp: string;
    ApproximateFirstReceiveTimestamp: string;
    SenderId: string;
    /** Only in a dead-letter queue. */
    DeadLetterQueueSourceArn?: string;
  };
  messageAttributes: Readonly<Record<string, MessageAttribute>>;
}

/** The names of {@link ReceivedMessage.attributes} that a consumer may ask for, and those that never have a value here. */
export const systemAttributeNames = [
  "ApproximateReceiveCount",
  "SentTimestamp",
  "ApproximateFirstReceiveTimestamp",
  "SenderId",
  "DeadLetterQueueSourceArn",
  "AWSTraceHeader",
  "MessageDeduplicationId",
  "MessageGroupId",
  "SequenceNumber",
];

/** What the consumer gets of a row; the handle names this receive. */
export function toReceivedMessage(message: Message, queueArn: string): ReceivedMessage {
  const { content, sequence, receiveCount, firstReceivedAtMs, deadLetterSourceArn } = message;
  const { messageId, body, md5OfBody, messageAttributes, sentAtMs } = content;
  return {
    messageId,
    receiptHandle: writeReceiptHandle({ queueArn, sequence, receiveCount }),
    body,
    md5OfBody,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAtMs),
      ApproximateFirstReceiveTimestamp: String(firstReceivedAtMs),
      // There are no identities here: everybody is the same sender.
      SenderId: "AIDALOCALSENDER",
      ...(deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: deadLetterSourceArn }),
    },
    messageAttributes,
  };
}
