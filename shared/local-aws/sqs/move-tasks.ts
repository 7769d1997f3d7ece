import type { Clock } from "./clock.ts";
import { failures } from "./errors.ts";
import { MoveTask, readTaskHandle } from "./move-task.ts";
import type { Queue } from "./queue.ts";

const remembered = 10;

interface Surroundings {
  clock: Clock;
  findQueue: (arn: string) => Queue | undefined;
  queues: () => Queue[];
}

interface Request {
  sourceArn: string;
  destinationArn: string | undefined;
  maxNumberOfMessagesPerSecond: number | undefined;
}

/** The message move tasks of an account: one at a time for each source, the last ten remembered. */
export class MoveTasks {
  readonly #around: Surroundings;
  readonly #bySource = new Map<string, MoveTask[]>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Starts a task; it works on its own. Throws {@link SqsError}. */
  start({ sourceArn, destinationArn, maxNumberOfMessagesPerSecond }: Request): MoveTask {
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
    const task = new MoveTask({ source, destinationArn, maxNumberOfMessagesPerSecond }, this.#around);
    this.#bySource.set(sourceArn, [task, ...this.list(sourceArn)].slice(0, remembered));
    return task;
  }

  /** The newest first. Throws {@link SqsError}. */
  list(sourceArn: string): MoveTask[] {
    this.#find(sourceArn, "SourceArn");
    return this.#bySource.get(sourceArn) ?? [];
  }

  /** Ends a running task; what it moved stays moved. Throws {@link SqsError}. */
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

  /** The queues whose dead letters come to this one. */
  sourcesOf({ arn }: Queue): Queue[] {
    return this.#around
      .queues()
      .filter(({ settings }) => settings.redrivePolicy?.deadLetterTargetArn === arn);
  }

  close(): void {
    for (const tasks of this.#bySource.values()) {
      tasks.filter(({ status }) => status === "RUNNING").forEach((task) => task.cancel());
    }
  }

  #find(arn: string, parameter: string): Queue {
    const queue = this.#around.findQueue(arn);
    if (queue?.arn !== arn) {
      throw failures.noSuchResource(
        `The resource that you specified for the ${parameter} parameter doesn't exist.`,
      );
    }
    return queue;
  }
}
