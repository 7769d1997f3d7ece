import { TimeHeap } from "./time-heap.ts";

/** What a task waits for. It gets a function to continue, and calls it once. */
export type Wait = (goOn: () => void) => void;

/** Code that takes simulated time: an async function whose every `await` is a `yield`, so that the clock decides. */
export type Task<Result = void> = Generator<Wait, Result, void>;

/** A process that may be killed. Its tasks then stop. */
export class Life {
  isOver = false;
  readonly #onEnd = new Set<() => void>();

  /** Calls `does` when the process is killed. Returns a function that cancels this. */
  onEnd(does: () => void): () => void {
    this.#onEnd.add(does);
    return () => this.#onEnd.delete(does);
  }

  end(): void {
    this.isOver = true;
    const all = [...this.#onEnd];
    this.#onEnd.clear();
    all.forEach((does) => does());
  }
}

/** Simulated time: everything happens in its order, so the same input gives the same run. */
export class Simulation {
  nowMs = 0;
  readonly #heap = new TimeHeap();
  readonly #due = new Map<number, () => void>();
  #planned = 0;

  at(timeMs: number, does: () => void): void {
    this.#planned += 1;
    this.#due.set(this.#planned, does);
    this.#heap.put(Math.max(timeMs, this.nowMs), this.#planned);
  }

  after =
    (ms: number): Wait =>
    (goOn) =>
      this.at(this.nowMs + ms, goOn);

  /** Begins a task at once, as a part of this process. `onEnd` is not called if the process is killed first. */
  start(life: Life, task: Task, onEnd: () => void = () => {}): void {
    const goOn = () => {
      if (life.isOver) {
        return;
      }
      const { done, value } = task.next();
      if (done === true) {
        onEnd();
      } else {
        value(goOn);
      }
    };
    goOn();
  }

  /** Runs all of them at the same time. Ends with the last one. */
  *together(life: Life, tasks: readonly Task[]): Task {
    let left = tasks.length;
    yield (goOn) =>
      tasks.forEach((task) =>
        this.start(life, task, () => {
          left -= 1;
          if (left === 0) {
            goOn();
          }
        }),
      );
  }

  /** Lets everything happen that is due by then. */
  runUntil(endMs: number): void {
    while (this.#heap.earliestMs <= endMs) {
      this.nowMs = this.#heap.earliestMs;
      const number = this.#heap.take();
      const does = this.#due.get(number);
      this.#due.delete(number);
      does?.();
    }
    this.nowMs = endMs;
  }
}
