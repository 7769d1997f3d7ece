// Everything that a FIFO queue does differently. queue.ts calls it where the two kinds differ, and a standard queue uses none of
// it. Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html and what
// LocalStack's tests saw on AWS (tests/aws/services/sqs/test_sqs.py and its recordings); shared/local-aws/conformance names
// the source of each rule.
//
// Left out: high throughput (a DeduplicationScope of `messageGroup`), and the limits of 300 requests a second and of 120,000
// messages that are searched for groups. Two things are assumptions, since AWS doesn't document them: a message that SQS
// itself moves (into a dead-letter queue, or back) is not deduplicated, and keeps its sequence number.
import { hash } from "node:crypto";
import { failures } from "./errors.ts";
import { MessageHeap } from "./message-store.ts";
import type { MessageOrder } from "./message-store.ts";
import { stateOf } from "./message.ts";
import type { Message, ReceivedMessage, SystemAttributes } from "./message.ts";

/** The settings that only a FIFO queue has. */
export interface FifoSettings {
  /** Deduplicates a message without an id by its body. */
  readonly contentBasedDeduplication: boolean;
}

const deduplicationMs = 5 * 60 * 1_000;
const ending = ".fifo";

export const isFifoName = (name: string): boolean => name.endsWith(ending);

/** Throws {@link SqsError} for a name that such a queue can't have. The ending counts towards the 80 characters. */
export function checkQueueName(name: string, { isFifo }: { isFifo: boolean }): void {
  const bare = isFifo && isFifoName(name) ? name.slice(0, -ending.length) : name;
  if (!/^[\w-]{1,80}$/.test(bare) || name.length > 80 || isFifo !== isFifoName(name)) {
    throw failures.invalidParameter(
      isFifo
        ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length"
        : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    );
  }
}

/** Reads one of the attributes that only a FIFO queue has. Undefined for another. A queue can't change its kind. Throws {@link SqsError}. */
export function readFifoAttribute(
  name: string,
  value: string,
  fifo: FifoSettings | undefined,
): FifoSettings | undefined {
  if (name !== "FifoQueue" && name !== "ContentBasedDeduplication") {
    return undefined;
  }
  if (fifo === undefined) {
    throw failures.unknownAttribute(name);
  }
  const isTrue = value.toLowerCase() === "true";
  if (name === "FifoQueue" && !isTrue) {
    throw failures.invalidAttribute(name, "Modifying queue type is not supported.");
  }
  if (!isTrue && value.toLowerCase() !== "false") {
    throw failures.invalidAttribute(name, `Must be true or false, got "${value}".`);
  }
  return name === "FifoQueue" ? fifo : { contentBasedDeduplication: isTrue };
}

/** The settings as AWS writes them. */
export const writeFifoAttributes = ({ contentBasedDeduplication }: FifoSettings) => ({
  FifoQueue: "true",
  ContentBasedDeduplication: String(contentBasedDeduplication),
  DeduplicationScope: "queue",
  FifoThroughputLimit: "perQueue",
});

/** The id that a message is deduplicated by: an explicit one, or its body if the queue says so. Throws {@link SqsError}. */
export function deduplicationIdOf(
  { body, explicitId }: { body: string; explicitId: string | undefined },
  { contentBasedDeduplication }: FifoSettings,
): string {
  const id = explicitId ?? (contentBasedDeduplication ? hash("sha256", body, "hex") : undefined);
  if (id === undefined) {
    throw failures.invalidParameter(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return id;
}

/** A FIFO queue delays all messages alike. It accepts a 0, which means the queue's delay (both recorded). Throws {@link SqsError}. */
export function delayOf(seconds: number | undefined, fifo: FifoSettings | undefined): number | undefined {
  if (fifo !== undefined && seconds !== undefined && seconds > 0) {
    throw failures.notForThisQueue(seconds, "DelaySeconds");
  }
  return fifo === undefined ? seconds : undefined;
}

/** Adds a sequence number: 20 digits as on AWS, which grow and don't start at 0. */
export const numbered = (attributes: SystemAttributes, count: number): SystemAttributes => ({
  ...attributes,
  SequenceNumber: `188${String(count).padStart(17, "0")}`,
});

/** What a FIFO queue has and a standard queue hasn't. */
export class Fifo {
  readonly deduplication = new Deduplication();
  readonly groups: GroupOrder;

  /** `onChange` is called when a message is gone, so that the next of its group may be received. */
  constructor(onChange: () => void) {
    this.groups = new GroupOrder(onChange);
  }

  /** A handle is valid for its receive only: until the timeout ends or a later receive. Throws {@link SqsError}. */
  checkHandle(
    handle: string,
    receipt: { message: Message | undefined; isReplaced: boolean; nowMs: number },
  ): void {
    const { message, isReplaced, nowMs } = receipt;
    if (message !== undefined && (isReplaced || stateOf(message, nowMs) !== "inFlight")) {
      throw failures.expiredReceiptHandle(handle);
    }
  }
}

/** What was sent in the last five minutes, received and deleted or not. */
class Deduplication {
  // In the order of sending, so that the oldest comes first.
  readonly #messages = new Map<string, Message>();

  /** The message sent earlier with this id, if the new one has to be dropped. */
  find({ MessageDeduplicationId: id = "" }: SystemAttributes, nowMs: number): Message | undefined {
    for (const [oldId, { content }] of this.#messages) {
      if (nowMs < content.sentAtMs + deduplicationMs) {
        break;
      }
      this.#messages.delete(oldId);
    }
    return this.#messages.get(id);
  }

  remember(message: Message): void {
    this.#messages.set(message.content.systemAttributes.MessageDeduplicationId ?? "", message);
  }

  /** A purge forgets them: recorded on AWS by LocalStack's test_purge_queue_clears_fifo_deduplication_cache. */
  clear(): void {
    this.#messages.clear();
  }
}

interface Group {
  /** By sequence number, and in that order: a message that comes back keeps its place. */
  readonly rows: Map<number, Message>;
  /** The first message, unless a receive is taking it. Only this one is in the queue's heap. */
  head: Message | undefined;
  /** The number of running batches of an event source mapping. */
  holds: number;
}

/**
 * The order of a FIFO queue. A message can be received if it and every earlier one of its group are visible. A later one in
 * flight holds up none. A receive is filled from one group first, then from others. Among groups, the one that became visible
 * first comes first, which AWS doesn't promise.
 */
class GroupOrder implements MessageOrder {
  readonly #groups = new Map<string, Group>();
  readonly #heads = new MessageHeap();
  readonly #onChange: () => void;
  #filling: Group | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  put(message: Message, visibleAtMs: number): void {
    const group = this.#groupOf(groupIdOf(message));
    group.rows.set(message.sequence, message);
    this.#leaveHeap(group, message);
    message.place = { visibleAtMs, message };
    this.#findHead(group);
    this.#filling = undefined;
  }

  remove(message: Message): void {
    const id = groupIdOf(message);
    const group = this.#groupOf(id);
    this.#leaveHeap(group, message);
    message.place = undefined;
    group.rows.delete(message.sequence);
    this.#findHead(group);
    this.#forgetIfEmpty(id, group);
    this.#onChange();
  }

  takeVisible(nowMs: number): Message | undefined {
    const next = this.#filling?.head;
    const isNextVisible = next?.place !== undefined && next.place.visibleAtMs <= nowMs;
    if (isNextVisible) {
      this.#heads.remove(next);
    }
    const message = isNextVisible ? next : this.#heads.takeVisible(nowMs);
    if (message !== undefined) {
      const group = this.#groupOf(groupIdOf(message));
      group.head = undefined;
      this.#findHead(group);
      this.#filling = group;
    }
    return message;
  }

  nextVisibleAtMs(): number | undefined {
    return this.#heads.nextVisibleAtMs();
  }

  /** Holds these messages' groups: no one receives from them until the returned function is called. */
  hold(messages: readonly ReceivedMessage[]): () => void {
    const ids = new Set(messages.map(({ attributes }) => attributes.MessageGroupId ?? ""));
    const held = [...ids].map((id) => ({ id, group: this.#groupOf(id) }));
    const each = (change: 1 | -1) => {
      for (const { id, group } of held) {
        group.holds += change;
        this.#findHead(group);
        this.#forgetIfEmpty(id, group);
      }
    };
    each(1);
    return () => {
      each(-1);
      this.#onChange();
    };
  }

  #groupOf(id: string): Group {
    const group = this.#groups.get(id) ?? { rows: new Map(), head: undefined, holds: 0 };
    this.#groups.set(id, group);
    return group;
  }

  #forgetIfEmpty(id: string, group: Group): void {
    if (group.rows.size === 0 && group.holds === 0) {
      this.#groups.delete(id);
    }
  }

  #findHead(group: Group): void {
    const first = group.holds > 0 ? undefined : firstOf(group);
    if (first === group.head) {
      return;
    }
    const { head: former } = group;
    group.head = first;
    // A message keeps its time, whether in the heap or not. The heap counts the places that were left in it.
    if (former?.place !== undefined) {
      const { visibleAtMs } = former.place;
      this.#heads.remove(former);
      former.place = { visibleAtMs, message: former };
    }
    if (first?.place !== undefined) {
      const { visibleAtMs } = first.place;
      first.place = undefined;
      this.#heads.put(first, visibleAtMs);
    }
  }

  #leaveHeap(group: Group, message: Message): void {
    if (group.head === message) {
      this.#heads.remove(message);
      group.head = undefined;
    }
  }
}

const groupIdOf = ({ content }: Message): string => content.systemAttributes.MessageGroupId ?? "";

/** The first message that no receive is taking right now. */
function firstOf({ rows }: Group): Message | undefined {
  for (const message of rows.values()) {
    if (message.place !== undefined) {
      return message;
    }
  }
  return undefined;
}
