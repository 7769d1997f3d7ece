import { setTimeout as sleep } from "node:timers/promises";
import type { Child } from "./child-process.ts";

// A process that has lived this long works, so its earlier deaths no longer count.
const provenAfterMs = 10_000;
const usualDelaysMs = [100, 200, 400, 800, 1_600];

interface KeptProcessOptions {
  name: string;
  /** Called for every start, so that a later one can take the port of the first. */
  fork: () => Child;
  /** Called each time the process is ready. It may check that the process answers. */
  onReady?: (details: Record<string, unknown>) => Promise<void> | void;
  onLine: (line: string) => void;
  /** The wait before each restart after the process died. After the last one it is given up. */
  restartDelaysMs?: readonly number[];
}

/** A process that is restarted when it dies: at once if it was killed on purpose, otherwise a limited number of times. */
export class KeptProcess {
  /** Resolves with one sentence if it died too often and stays down. */
  readonly givenUp: Promise<string>;
  readonly #options: KeptProcessOptions;
  #giveUp: (sentence: string) => void = () => {};
  #child: Child | undefined;
  #isWanted = false;
  #isKilled = false;
  #ready: Promise<void> = Promise.resolve();
  #afterDeath: Promise<void> = Promise.resolve();
  #deaths = 0;
  #stopWaiting = new AbortController();

  constructor(options: KeptProcessOptions) {
    this.#options = options;
    this.givenUp = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** CPU time of the current process: see {@link Child.processorMs}. */
  async processorMs(withinMs: number): Promise<number | undefined> {
    return await this.#child?.processorMs(withinMs);
  }

  /** Asks the current process: see {@link Child.ask}. */
  readonly ask: Child["ask"] = async (question, withinMs) => await this.#child?.ask(question, withinMs);

  /** Rejects if it doesn't become ready, and then doesn't retry. */
  async start(): Promise<void> {
    if (this.#isWanted) {
      return;
    }
    this.#isWanted = true;
    this.#deaths = 0;
    this.#stopWaiting = new AbortController();
    this.#ready = this.#launch();
    try {
      await this.#ready;
    } catch (error) {
      this.#isWanted = false;
      await this.#child?.kill();
      this.#child = undefined;
      throw error;
    }
    this.#keep();
  }

  /** Resolves when it answers, also after a kill, or at once while it is stopped. Rejects once it was given up. */
  whenReady(): Promise<void> {
    return this.#ready;
  }

  /** Sends SIGKILL. Resolves with the pid when it is dead, and its restart has begun. */
  async kill(): Promise<number> {
    const child = this.#child;
    if (child === undefined) {
      throw new Error(`The ${this.#options.name} is not running at this moment`);
    }
    this.#isKilled = true;
    await child.kill();
    await this.#afterDeath;
    return child.pid;
  }

  async stop(withinMs: number): Promise<void> {
    this.#isWanted = false;
    this.#stopWaiting.abort();
    await this.#child?.stop(withinMs);
    this.#child = undefined;
    // A start that is running ends before the next one begins.
    await this.#ready.catch(() => {});
    this.#ready = Promise.resolve();
  }

  async #launch(): Promise<void> {
    const child = this.#options.fork();
    this.#child = child;
    const details = await child.ready;
    await this.#options.onReady?.(details);
  }

  /** Watches the process that is ready now. */
  #keep(): void {
    const child = this.#child;
    const sinceMs = performance.now();
    this.#afterDeath =
      child?.exited.then((how) => this.#onDeath(how, performance.now() - sinceMs)) ?? Promise.resolve();
  }

  #onDeath(how: string, livedMs: number): void {
    this.#child = undefined;
    if (!this.#isWanted) {
      return;
    }
    if (livedMs > provenAfterMs) {
      this.#deaths = 0;
    }
    this.#ready = this.#restart(how);
    // `givenUp` tells the user, and the caller of whenReady() is told as well.
    this.#ready.catch(() => {});
  }

  async #restart(firstEnd: string): Promise<void> {
    const { name, onLine, restartDelaysMs = usualDelaysMs } = this.#options;
    let how = firstEnd;
    while (this.#isWanted) {
      if (this.#isKilled) {
        this.#isKilled = false;
      } else {
        const delayMs = restartDelaysMs[this.#deaths];
        this.#deaths += 1;
        if (delayMs === undefined) {
          this.#isWanted = false;
          const sentence = `The ${name} ended by itself ${this.#deaths} times (${how}) and stays down: fix it and start the chapter again`;
          this.#giveUp(sentence);
          throw new Error(sentence);
        }
        onLine(`The ${name} ended by itself (${how}); it starts again in ${delayMs} ms`);
        await sleep(delayMs, undefined, { signal: this.#stopWaiting.signal }).catch(() => {});
      }
      if (!this.#isWanted) {
        break;
      }
      try {
        await this.#launch();
        this.#keep();
        return;
      } catch (error) {
        how = error instanceof Error ? error.message : String(error);
        await this.#child?.kill();
        this.#child = undefined;
      }
    }
    throw new Error(`The ${name} was stopped before it was ready again`);
  }
}
