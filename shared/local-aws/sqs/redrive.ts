import { randomUUID } from "node:crypto";
import { failures } from "./errors.ts";
import type { Message } from "./message.ts";
import type { Account, Queue } from "./queue.ts";

const remembered = 10;
/** How many to move at once if SQS chooses the rate. */
const messagesPerTurn = 100;
const turnMs = 5;

interface MoveRequest {
  sourceArn: string;
  destinationArn: string | undefined;
  maxNumberOfMessagesPerSecond: number | undefined;
}

/** The message move tasks of an account: one at a time for each source. Remembers the last ten. */
export class MoveTasks {
  readonly #account: Account;
  readonly #bySource = new Map<string, MoveTask[]>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Starts a task, which runs in the background. Throws {@link SqsError}. */
  start(request: MoveRequest): MoveTask {
    const { sourceArn, destinationArn } = request;
    const source = this.#find(sourceArn, "SourceArn");
    if (destinationArn !== undefined) {
      this.#find(destinationArn, "DestinationArn");
    }
    if (this.sourcesOf(source).length === 0) {
      throw failures.invalidParameter("Source queue must be configured as a Dead Letter Queue.");
    }
    if (this.list(sourceArn).some(({ status }) => status === "RUNNING")) {
      throw failures.invalidParameter(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    }
    const task = new MoveTask(source, request, this.#account);
    this.#bySource.set(sourceArn, [task, ...this.list(sourceArn)].slice(0, remembered));
    return task;
  }

  /** The newest first. Throws {@link SqsError}. */
  list(sourceArn: string): MoveTask[] {
    this.#find(sourceArn, "SourceArn");
    return this.#bySource.get(sourceArn) ?? [];
  }

  /** Ends a running task. What it has moved stays moved. Throws {@link SqsError}. */
  cancel(handle: string): MoveTask {
    const sourceArn = readTaskHandle(handle);
    if (sourceArn === undefined) {
      throw failures.invalidParameter("Value for parameter TaskHandle is invalid.");
    }
    const task = this.list(sourceArn).find((candidate) => candidate.handle === handle);
    if (task?.status !== "RUNNING") {
      throw failures.noSuchResource("Task does not exist.");
    }
    task.cancel();
    return task;
  }

  /** The queues that use this one as their dead-letter queue. */
  sourcesOf({ arn }: Queue): Queue[] {
    const queues = this.#account.queues();
    return queues.filter(({ settings }) => settings.redrivePolicy?.deadLetterTargetArn === arn);
  }

  close(): void {
    for (const tasks of this.#bySource.values()) {
      tasks.filter(({ status }) => status === "RUNNING").forEach((task) => task.cancel());
    }
  }

  #find(arn: string, parameter: string): Queue {
    const queue = this.#account.queueWithArn(arn);
    if (queue === undefined) {
      throw failures.noSuchResource(
        `The resource that you specified for the ${parameter} parameter doesn't exist.`,
      );
    }
    return queue;
  }
}

/**
 * A redrive: moves what was visible in a dead-letter queue at its start, at a steady pace. The messages get a new id and a new
 * time, so a consumer that recognised work by its messageId doesn't recognise it any more.
 */
export class MoveTask {
  readonly handle: string;
  readonly request: MoveRequest;
  readonly startedAtMs: number;
  readonly toMove: number;
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED" = "RUNNING";
  moved = 0;
  failureReason: string | undefined;
  readonly #source: Queue;
  readonly #account: Account;
  #cancelTurn = () => {};

  constructor(source: Queue, request: MoveRequest, account: Account) {
    this.request = request;
    this.#source = source;
    this.#account = account;
    this.startedAtMs = account.clock.nowMs();
    // Fixed at the start: messages that fail again and come back must not keep the task running forever.
    this.toMove = source.counts().visible;
    this.handle = writeTaskHandle(randomUUID(), source.arn);
    this.#plan();
  }

  /** What was moved stays moved. */
  cancel(): void {
    this.#end("CANCELLED");
  }

  #plan(): void {
    const rate = this.request.maxNumberOfMessagesPerSecond;
    const delayMs = rate === undefined ? turnMs : 1_000 / rate;
    this.#cancelTurn = this.#account.clock.after(delayMs, () =>
      this.#turn(rate === undefined ? messagesPerTurn : 1),
    );
  }

  #turn(atMost: number): void {
    for (let turn = 0; turn < atMost && this.moved < this.toMove; turn += 1) {
      const outcome = this.#source.moveNext((message) => this.#destinationOf(message));
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

  // Without a destination every message goes back to the queue that set it aside.
  #destinationOf({ deadLetterSourceArn }: Message): Queue | undefined {
    const arn = this.request.destinationArn ?? deadLetterSourceArn;
    const destination = arn === undefined ? undefined : this.#account.queueWithArn(arn);
    if (destination === undefined) {
      this.failureReason =
        arn === undefined ? "CouldNotDetermineMessageSource" : "AWS.SimpleQueueService.NonExistentQueue";
    }
    return destination;
  }

  #end(status: MoveTask["status"]): void {
    this.#cancelTurn();
    this.status = status;
  }
}

// A handle contains its task and the queue it works on.
function writeTaskHandle(taskId: string, sourceArn: string): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn })).toString("base64");
}

/** The queue's ARN. Undefined for anything that is not a task's handle. */
function readTaskHandle(handle: string): string | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(handle, "base64").toString());
    const { taskId, sourceArn } = read as Record<string, unknown>;
    return typeof taskId === "string" && typeof sourceArn === "string" ? sourceArn : undefined;
  } catch {
    return undefined;
  }
}
