import { createHash, hash } from "node:crypto";
import type { Place } from "./message-heap.ts";

/** One of a message's own attributes; `binaryValue` is base64, as on the wire. */
export interface MessageAttribute {
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: string;
}

/** What a producer sent. Two copies of one message share it. */
export interface Content {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: Readonly<Record<string, MessageAttribute>>;
  /** Retention counts from here, in a dead-letter queue too. */
  readonly sentAtMs: number;
}

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
  /** Where it stands in its queue's heap, and so when it becomes visible; undefined once it is gone. */
  place: Place | undefined;
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

export type State = "visible" | "inFlight" | "delayed";

/** Nothing changes when a timeout runs out, except the answer to this question. */
export function stateOf(message: Message, nowMs: number): State {
  const isVisible = (message.place?.visibleAtMs ?? 0) <= nowMs;
  return isVisible ? "visible" : message.receiveCountHere > 0 ? "inFlight" : "delayed";
}

/** The digest that the SDK compares with its own. */
export function md5(text: string): string {
  return hash("md5", text, "hex");
}

/** AWS's digest of message attributes: sorted by name, each part behind its length. */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string {
  const digest = createHash("md5");
  const add = (part: string | Buffer) => {
    const bytes = Buffer.from(part as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { dataType, stringValue, binaryValue } = attributes[name] as MessageAttribute;
    add(name);
    add(dataType);
    digest.update(Buffer.of(binaryValue === undefined ? 1 : 2));
    add(binaryValue === undefined ? (stringValue ?? "") : Buffer.from(binaryValue, "base64"));
  }
  return digest.digest("hex");
}

/** What counts towards the 1 MiB: the body and every attribute's name, type and value. */
export function sizeInBytes(body: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  let size = Buffer.byteLength(body);
  for (const [name, { dataType, stringValue, binaryValue }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(dataType);
    size +=
      binaryValue === undefined
        ? Buffer.byteLength(stringValue ?? "")
        : Buffer.byteLength(binaryValue, "base64");
  }
  return size;
}
