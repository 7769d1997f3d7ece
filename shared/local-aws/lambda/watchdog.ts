import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inheritedEnvironment } from "#shared/run/environment.ts";

const program = fileURLToPath(new URL("watchdog.mjs", import.meta.url));

/**
 * Ends the watched processes however this one ends, even by `kill -9`. It is a process itself: while its handler spins, nothing in an
 * environment could do that but a second thread, which each of them would have to start.
 */
export class Watchdog {
  readonly #watched = new Set<number>();
  readonly #onError: (message: string) => void;
  #process: ChildProcess | undefined;

  /** `onError` is told why nothing watches, until the next call of `watch`. */
  constructor(onError: (message: string) => void) {
    this.#onError = onError;
  }

  /** Undefined before the first call of `watch`, or if it has died since the last one. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** From now on this process doesn't outlive us, unless it is left. */
  watch(pid: number): void {
    this.#watched.add(pid);
    if (this.#process) {
      this.#process.stdin?.write(`+${pid}\n`);
      return;
    }
    try {
      this.#process = this.#start();
    } catch (error) {
      this.#onError((error as Error).message);
    }
  }

  /** This process has ended, and another one may get its id. */
  leave(pid: number): void {
    this.#watched.delete(pid);
    this.#process?.stdin?.write(`-${pid}\n`);
  }

  /** Ends what is still watched, and then itself. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child) {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.stdin?.end();
      await ended;
    }
  }

  /** Throws if the system can't start any process. Other reasons come as an event. */
  #start(): ChildProcess {
    const child: ChildProcess = spawn(process.execPath, [program], {
      env: inheritedEnvironment(),
      stdio: ["pipe", "ignore", "ignore"],
      // In a group of its own: Ctrl-C and a closed window reach all others, but environments run a little longer.
      detached: true,
      windowsHide: true,
    });
    const forget = () => {
      // Another one may have started since.
      this.#process = this.#process === child ? undefined : this.#process;
    };
    child.once("close", forget);
    child.once("error", ({ message }) => {
      forget();
      this.#onError(message);
    });
    // It has died: "close" is on its way.
    child.stdin?.on("error", () => {});
    this.#watched.forEach((pid) => child.stdin?.write(`+${pid}\n`));
    return child;
  }
}
