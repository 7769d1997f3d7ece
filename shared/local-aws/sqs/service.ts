import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { failures } from "./errors.ts";
import { MoveTasks } from "./move-tasks.ts";
import { Queue } from "./queue.ts";
import { defaultSettings, readSettings, writeSettings } from "./settings.ts";
import type { QueueSettings } from "./settings.ts";

const purgeIntervalMs = 60_000;

interface Options {
  clock?: Clock;
  region?: string;
  accountId?: string;
}

/** One queue's place in the account. */
interface Entry {
  queue: Queue;
  createdAtMs: number;
  changedAtMs: number;
  purgedAtMs: number;
}

/** The queues of one account in one region. */
export class SqsService {
  readonly clock: Clock;
  readonly accountId: string;
  readonly moveTasks: MoveTasks;
  readonly #arnPrefix: string;
  readonly #entries = new Map<string, Entry>();
  #sequence = 0;

  constructor({ clock = systemClock, region = "us-east-1", accountId = "000000000000" }: Options = {}) {
    this.clock = clock;
    this.accountId = accountId;
    this.#arnPrefix = `arn:aws:sqs:${region}:${accountId}:`;
    this.moveTasks = new MoveTasks({
      clock,
      findQueue: (arn) => this.findQueue(arn),
      queues: () => this.queues(),
    });
  }

  /** Creates the queue, or gives the one that is there if it is the same. Throws {@link SqsError}. */
  createQueue(name: string, attributes: Record<string, string> = {}): Queue {
    if (name.endsWith(".fifo")) {
      throw failures.unsupported(
        `The embedded SQS has standard queues only: "${name}" asks for a FIFO queue.`,
      );
    }
    if (!/^[\w-]{1,80}$/.test(name)) {
      throw failures.invalidParameter(
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
      );
    }
    const existing = this.#entries.get(name);
    const settings = readSettings(attributes, existing?.queue.settings ?? defaultSettings);
    if (existing !== undefined) {
      refuseDifference(existing.queue.settings, settings);
      return existing.queue;
    }
    this.#refuseMissingTarget(settings);
    const queue = new Queue(name, this.#arnPrefix + name, settings, {
      clock: this.clock,
      nextSequence: () => (this.#sequence += 1),
      findQueue: (arn) => this.findQueue(arn),
    });
    const nowMs = this.clock.nowMs();
    this.#entries.set(name, { queue, createdAtMs: nowMs, changedAtMs: nowMs, purgedAtMs: -Infinity });
    return queue;
  }

  /** Changes what is given. AWS takes up to a minute for it, and 15 for the retention. Throws {@link SqsError}. */
  setAttributes(queue: Queue, attributes: Record<string, string>): void {
    const settings = readSettings(attributes, queue.settings);
    this.#refuseMissingTarget(settings);
    queue.settings = settings;
    this.#entryOf(queue).changedAtMs = this.clock.nowMs();
  }

  /** All of a queue's attributes, counts included. */
  attributes(queue: Queue): Record<string, string> {
    const { createdAtMs, changedAtMs } = this.#entryOf(queue);
    const { visible, inFlight, delayed } = queue.counts();
    return {
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: String(Math.floor(createdAtMs / 1_000)),
      LastModifiedTimestamp: String(Math.floor(changedAtMs / 1_000)),
      ...writeSettings(queue.settings),
    };
  }

  /** Deletes all messages, once a minute at most. Throws {@link SqsError}. */
  purge(queue: Queue): void {
    const entry = this.#entryOf(queue);
    if (this.clock.nowMs() < entry.purgedAtMs + purgeIntervalMs) {
      throw failures.purgeInProgress(queue.name);
    }
    entry.purgedAtMs = this.clock.nowMs();
    queue.purge();
  }

  deleteQueue(queue: Queue): void {
    this.#entries.delete(queue.name);
    queue.close();
  }

  findQueue(nameOrArn: string): Queue | undefined {
    const isOurArn = nameOrArn.startsWith(this.#arnPrefix);
    return this.#entries.get(isOurArn ? nameOrArn.slice(this.#arnPrefix.length) : nameOrArn)?.queue;
  }

  queues(): Queue[] {
    return Array.from(this.#entries.values(), ({ queue }) => queue);
  }

  /** Ends the long polls and the move tasks, so that nothing is left that could keep a process alive. */
  close(): void {
    this.moveTasks.close();
    for (const queue of this.queues()) {
      queue.close();
    }
  }

  #entryOf(queue: Queue): Entry {
    const entry = this.#entries.get(queue.name);
    if (entry === undefined) {
      throw failures.noSuchQueue();
    }
    return entry;
  }

  #refuseMissingTarget({ redrivePolicy }: QueueSettings): void {
    if (redrivePolicy !== undefined && this.findQueue(redrivePolicy.deadLetterTargetArn) === undefined) {
      const value = JSON.stringify(redrivePolicy);
      throw failures.invalidValue(value, "RedrivePolicy", "Dead letter target does not exist.");
    }
  }
}

function refuseDifference(existing: QueueSettings, asked: QueueSettings): void {
  const [before, after] = [writeSettings(existing), writeSettings(asked)];
  const different = Object.keys({ ...before, ...after }).find((name) => before[name] !== after[name]);
  if (different !== undefined) {
    throw failures.queueExists(different);
  }
}
