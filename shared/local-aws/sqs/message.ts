import { writeReceiptHandle } from "./receipt-handles.ts";

/**
 * A message is a row with a time at which it becomes visible. There is no other state: a delayed message and one that a
 * consumer works on are both rows whose time has not come yet.
 */
export interface Message {
  readonly content: Content;
  /** Identifies the row, and orders rows of the same time. */
  readonly sequence: number;
  /** When it came to this queue. The age of the oldest message counts from here. */
  readonly arrivedAtMs: number;
  /** Its place in the queue's heap, which says when it becomes visible. Undefined while it is in no heap. */
  place: HeapPlace | undefined;
  /** Over all queues, as AWS reports it. */
  receiveCount: number;
  /** In this queue only, which is what its redrive policy counts. */
  receiveCountHere: number;
  firstReceivedAtMs: number | undefined;
  lastReceivedAtMs: number | undefined;
  /** The queue that set it aside. */
  readonly deadLetterSourceArn: string | undefined;
  /** Deliver it a second time, this long after the first. */
  duplicateAfterMs: number | undefined;
}

/** What a producer sent. Two copies of a message share it. */
export interface Content {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: MessageAttributes;
  readonly systemAttributes: SystemAttributes;
  /** Retention counts from here, also in a dead-letter queue. */
  readonly sentAtMs: number;
}

/** What the producer told SQS about the message. SQS passes it on. */
export interface SystemAttributes {
  readonly MessageGroupId?: string;
  /** FIFO queues only, like the sequence number. */
  readonly MessageDeduplicationId?: string;
  readonly SequenceNumber?: string;
  readonly AWSTraceHeader?: string;
}

/** Characters that XML 1.0 doesn't allow. With the flag `u` half a surrogate pair is a character too, and refused. */
export const forbiddenCharacters = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** A message's attributes by name. */
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** One attribute of a message. `binaryValue` is base64, as on the wire. */
export interface MessageAttribute {
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: string;
}

/** A message and the time at which it becomes visible. Never changed: a new time gets a new place. */
export interface HeapPlace {
  readonly visibleAtMs: number;
  readonly message: Message;
}

export type MessageState = "visible" | "inFlight" | "delayed";

/** Nothing is stored when a timeout runs out; only the answer to this question changes. */
export function stateOf(message: Message, nowMs: number): MessageState {
  const isVisible = (message.place?.visibleAtMs ?? 0) <= nowMs;
  return isVisible ? "visible" : message.receiveCountHere > 0 ? "inFlight" : "delayed";
}

/** A message as one receive delivers it. */
export interface ReceivedMessage extends Omit<Content, "sentAtMs" | "systemAttributes"> {
  readonly receiptHandle: string;
  /** Not on the wire: the row's {@link Message.sequence}. */
  readonly row: number;
  /** SQS's attributes, all of them text, as on the wire. */
  readonly attributes: SystemAttributes & {
    ApproximateReceiveCount: string;
    SentTimestamp: string;
    ApproximateFirstReceiveTimestamp: string;
    SenderId: string;
    /** Only in a dead-letter queue. */
    DeadLetterQueueSourceArn?: string;
  };
}

/** What the consumer gets of a row. The handle identifies this receive. */
export function toReceivedMessage(message: Message, queueArn: string): ReceivedMessage {
  const { content, sequence, receiveCount, firstReceivedAtMs, deadLetterSourceArn } = message;
  const { messageId, body, md5OfBody, messageAttributes, systemAttributes, sentAtMs } = content;
  return {
    messageId,
    row: sequence,
    receiptHandle: writeReceiptHandle({ queueArn, sequence, receiveCount }),
    body,
    md5OfBody,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAtMs),
      ApproximateFirstReceiveTimestamp: String(firstReceivedAtMs),
      // There are no identities here, so every sender is the same.
      SenderId: "AIDALOCALSENDER",
      ...systemAttributes,
      ...(deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: deadLetterSourceArn }),
    },
    messageAttributes,
  };
}
