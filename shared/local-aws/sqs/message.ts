import { writeReceiptHandle } from "./receipt-handles.ts";

/**
 * A message is a row with a time at which it becomes visible. There is no other state: a delayed message and one
 * that a consumer works on are both rows whose time has not come.
 */
export interface Message {
  readonly content: Content;
  /** Identifies the row, and keeps order among rows of the same time. */
  readonly sequence: number;
  /** When it came to this queue; the age of the oldest message counts from here. */
  readonly arrivedAtMs: number;
  /** Its place in its queue's heap, which says when it becomes visible; undefined while it is in no heap. */
  place: HeapPlace | undefined;
  /** In all queues, as AWS reports it. */
  receiveCount: number;
  /** In this queue, which is what its redrive policy counts. */
  receiveCountHere: number;
  firstReceivedAtMs: number | undefined;
  lastReceivedAtMs: number | undefined;
  /** The queue that set it aside. */
  readonly deadLetterSourceArn: string | undefined;
  /** Delivered a second time, this long after the first. */
  duplicateAfterMs: number | undefined;
}

/** What a producer sent. Two copies of one message share it. */
export interface Content {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: MessageAttributes;
  readonly systemAttributes: SystemAttributes;
  /** Retention counts from here, in a dead-letter queue too. */
  readonly sentAtMs: number;
}

/** What the producer told SQS about it; SQS hands it on. */
export interface SystemAttributes {
  readonly MessageGroupId?: string;
  /** This and the number: of a FIFO queue's messages only. */
  readonly MessageDeduplicationId?: string;
  readonly SequenceNumber?: string;
  readonly AWSTraceHeader?: string;
}

/** What XML 1.0 does not allow. With the flag `u` half a surrogate pair is a character of its own, and refused. */
export const forbiddenCharacters = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** A message's own attributes by their names. */
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** One of a message's own attributes; `binaryValue` is base64, as on the wire. */
export interface MessageAttribute {
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: string;
}

/** A message and the time at which it becomes visible. Never changed: a message with a new time gets a new place. */
export interface HeapPlace {
  readonly visibleAtMs: number;
  readonly message: Message;
}

export type MessageState = "visible" | "inFlight" | "delayed";

/** Nothing changes when a timeout runs out, except the answer to this question. */
export function stateOf(message: Message, nowMs: number): MessageState {
  const isVisible = (message.place?.visibleAtMs ?? 0) <= nowMs;
  return isVisible ? "visible" : message.receiveCountHere > 0 ? "inFlight" : "delayed";
}

/** A message as one receive brings it. */
export interface ReceivedMessage extends Omit<Content, "sentAtMs" | "systemAttributes"> {
  readonly receiptHandle: string;
  /** Not on the wire: its row's {@link Message.sequence}. */
  readonly row: number;
  /** SQS's own attributes, all of them text, as on the wire. */
  readonly attributes: SystemAttributes & {
    ApproximateReceiveCount: string;
    SentTimestamp: string;
    ApproximateFirstReceiveTimestamp: string;
    SenderId: string;
    /** Only in a dead-letter queue. */
    DeadLetterQueueSourceArn?: string;
  };
}

/** What the consumer gets of a row; the handle names this receive. */
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
      // There are no identities here: every sender is the same one.
      SenderId: "AIDALOCALSENDER",
      ...systemAttributes,
      ...(deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: deadLetterSourceArn }),
    },
    messageAttributes,
  };
}
