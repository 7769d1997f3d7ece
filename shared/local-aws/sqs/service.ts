import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { failures } from "./errors.ts";
import { checkQueueName } from "./fifo.ts";
import { defaultSettings, fifoDefaults, readSettings, writeSettings } from "./queue-attributes.ts";
import { Queue } from "./queue.ts";
import type { Account } from "./queue.ts";
import { MoveTasks } from "./redrive.ts";

/** Default: this machine's clock, and no trace. */
interface ServiceOptions {
  clock?: Clock | undefined;
  trace?: TraceRecorder | undefined;
}

/** The queues of one account in one region. */
export class SqsService implements Account {
  readonly clock: Clock;
  readonly trace: TraceRecorder | undefined;
  readonly region = "us-east-1";
  readonly accountId = "000000000000";
  /** What stands in a queue's address between the server's and the queue's name. */
  readonly urlPath = `/${this.accountId}/`;
  readonly moveTasks = new MoveTasks(this);
  readonly #arnPrefix = `arn:aws:sqs:${this.region}:${this.accountId}:`;
  readonly #queues = new Map<string, Queue>();
  #sequence = 0;

  constructor({ clock = systemClock, trace }: ServiceOptions = {}) {
    this.clock = clock;
    this.trace = trace;
  }

  /** Creates the queue, or returns an existing one with the same attributes. Throws {@link SqsError}. */
  createQueue(name: string, attributes: Record<string, string> = {}): Queue {
    const isFifo = attributes["FifoQueue"]?.toLowerCase() === "true";
    checkQueueName(name, { isFifo });
    const existing = this.#queues.get(name);
    const settings = readSettings(
      attributes,
      existing?.settings ?? (isFifo ? fifoDefaults : defaultSettings),
    );
    if (existing !== undefined) {
      const [before, after] = [writeSettings(existing.settings), writeSettings(settings)];
      const different = Object.keys({ ...before, ...after }).find((key) => before[key] !== after[key]);
      if (different !== undefined) {
        throw failures.queueExists(different);
      }
      return existing;
    }
    const queue = new Queue(name, this.#arnPrefix + name, settings, this);
    this.#queues.set(name, queue);
    return queue;
  }

  deleteQueue(queue: Queue): void {
    this.#queues.delete(queue.name);
    queue.close();
  }

  queueNamed(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  /** Undefined for an ARN of another account or region, too. */
  queueWithArn(arn: string): Queue | undefined {
    return arn.startsWith(this.#arnPrefix) ? this.#queues.get(arn.slice(this.#arnPrefix.length)) : undefined;
  }

  queues(): Queue[] {
    return [...this.#queues.values()];
  }

  /** Numbers rows across all queues, so that a handle of a deleted queue never fits a new one of the same name. */
  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Ends the long polls and the move tasks, so that nothing keeps the process alive. */
  close(): void {
    this.moveTasks.close();
    for (const queue of this.queues()) {
      queue.close();
    }
  }
}
