import { randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import type { Message } from "./message.ts";
import type { Queue } from "./queue.ts";

/** How many at once where the rate is left to SQS. */
const messagesPerTurn = 100;
const turnMs = 5;

type Status = "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";

interface Order {
  source: Queue;
  /** Undefined: every message goes back to the queue that set it aside. */
  destinationArn: string | undefined;
  maxNumberOfMessagesPerSecond: number | undefined;
}

interface Surroundings {
  clock: Clock;
  findQueue: (arn: string) => Queue | undefined;
}

/**
 * A redrive: moves what is visible in a dead-letter queue at its start, at a steady pace. The messages get a new id
 * and a new time: whoever recognised work by its messageId doesn't recognise it now.
 */
export class MoveTask {
  readonly handle: string;
  readonly order: Order;
  readonly startedAtMs: number;
  readonly toMove: number;
  status: Status = "RUNNING";
  moved = 0;
  failureReason: string | undefined;
  readonly #around: Surroundings;
  #cancelTurn = () => {};

  constructor(order: Order, around: Surroundings) {
    this.order = order;
    this.#around = around;
    this.startedAtMs = around.clock.nowMs();
    // Fixed at the start: messages that fail again and come back must not keep the task running for ever.
    this.toMove = order.source.counts().visible;
    this.handle = writeTaskHandle(randomUUID(), order.source.arn);
    this.#plan();
  }

  /** What was moved stays moved. */
  cancel(): void {
    this.#end("CANCELLED");
  }

  #plan(): void {
    const rate = this.order.maxNumberOfMessagesPerSecond;
    const delayMs = rate === undefined ? turnMs : 1_000 / rate;
    this.#cancelTurn = this.#around.clock.after(delayMs, () =>
      this.#turn(rate === undefined ? messagesPerTurn : 1),
    );
  }

  #turn(atMost: number): void {
    for (let turn = 0; turn < atMost && this.moved < this.toMove; turn += 1) {
      const outcome = this.order.source.moveNext((message) => this.#destinationOf(message));
      if (outcome === "empty") {
        return this.#end("COMPLETED");
      }
      if (outcome === "nowhere to go") {
        return this.#end("FAILED");
      }
      this.moved += 1;
    }
    return this.moved < this.toMove ? this.#plan() : this.#end("COMPLETED");
  }

  #destinationOf({ deadLetterSourceArn }: Message): Queue | undefined {
    const arn = this.order.destinationArn ?? deadLetterSourceArn;
    const destination = arn === undefined ? undefined : this.#around.findQueue(arn);
    if (destination === undefined) {
      this.failureReason =
        arn === undefined ? "CouldNotDetermineMessageSource" : "AWS.SimpleQueueService.NonExistentQueue";
    }
    return destination;
  }

  #end(status: Status): void {
    this.#cancelTurn();
    this.status = status;
  }
}

// A handle names its task and the queue it works on.
function writeTaskHandle(taskId: string, sourceArn: string): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn })).toString("base64");
}

/** The queue's ARN; undefined for anything that no task was given as its handle. */
export function readTaskHandle(handle: string): string | undefined {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, "base64").toString()) as Record<
      string,
      unknown
    >;
    return typeof taskId === "string" && typeof sourceArn === "string" ? sourceArn : undefined;
  } catch {
    return undefined;
  }
}
