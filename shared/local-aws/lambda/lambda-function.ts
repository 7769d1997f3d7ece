import { randomUUID } from "node:crypto";

import { ExecutionEnvironment, notStarted } from "./execution-environment.ts";
import type { EnvironmentSettings, InvocationOutcome, Work } from "./execution-environment.ts";
import type { Watchdog } from "./watchdog.ts";

/** With more processes we would measure this machine, not the design. */
export const environmentsMax = 20;

/** What a function's environments need, and what ends them if we can't. */
interface FunctionSettings extends EnvironmentSettings {
  watchdog: Watchdog;
}

/** A function with as many execution environments as it needs, up to a limit. Idle ones are reused. */
export class LambdaFunction {
  readonly name: string;
  invocations = 0;
  errors = 0;
  timeouts = 0;
  /** Invocations that returned nothing. */
  emptyAnswers = 0;
  readonly #settings: FunctionSettings;
  readonly #concurrencyMax: number;
  readonly #environments = new Set<ExecutionEnvironment>();
  readonly #waiting: ((environment: ExecutionEnvironment | undefined) => void)[] = [];
  #running = 0;
  #processorMsOfGone = 0;
  #isStopped = false;

  /** `reservedConcurrency` limits how many invocations run at the same time. Default: as many as this machine can take. */
  constructor(name: string, settings: FunctionSettings, reservedConcurrency = environmentsMax) {
    this.name = name;
    this.#settings = settings;
    this.#concurrencyMax = Math.min(reservedConcurrency, environmentsMax);
  }

  /** Whether AWS would answer another invocation with 429. An SQS mapping has its own limit and doesn't ask. */
  get isThrottled(): boolean {
    return this.#running >= this.#concurrencyMax;
  }

  /** Of all its environments, including ended ones. */
  get processorMs(): number {
    return this.environments().reduce((sum, each) => sum + each.processorMs, this.#processorMsOfGone);
  }

  environments(): readonly ExecutionEnvironment[] {
    return [...this.#environments];
  }

  /** Runs the handler once, with an event in JSON. */
  async invoke(event: string, work: Work, requestId: string = randomUUID()): Promise<InvocationOutcome> {
    this.invocations += 1;
    this.#running += 1;
    const environment = await this.#acquire();
    const outcome = environment ? await environment.invoke(event, work, requestId) : notStarted;
    this.#running -= 1;
    this.errors += outcome.kind === "failed" ? 1 : 0;
    this.timeouts += outcome.kind === "timedOut" ? 1 : 0;
    this.emptyAnswers += outcome.kind === "answered" && outcome.payload === "null" ? 1 : 0;
    if (environment) {
      this.#handOn(environment);
    }
    return outcome;
  }

  /** Ends every environment at once, even in the middle of an invocation. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.splice(0).forEach((giveUp) => giveUp(undefined));
    const environments = this.environments();
    environments.forEach((environment) => environment.kill("stopped"));
    await Promise.all(environments.map(({ exited }) => exited));
  }

  /** An idle environment, or the next that becomes idle or starts. Undefined if the code can't be loaded. */
  #acquire(): Promise<ExecutionEnvironment | undefined> {
    if (this.#isStopped) {
      return Promise.resolve(undefined);
    }
    const idle = this.environments().find(({ state }) => state === "idle");
    if (idle) {
      // Taken at once, so that no second caller in this turn takes it too.
      idle.state = "busy";
      return Promise.resolve(idle);
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#scaleOut();
    });
  }

  #handOn(environment: ExecutionEnvironment): void {
    const next = environment.state === "gone" ? undefined : this.#waiting.shift();
    if (next) {
      environment.state = "busy";
      next(environment);
    }
    this.#scaleOut();
  }

  #scaleOut(): void {
    const starting = this.environments().filter(({ state }) => state === "starting").length;
    const wanted = Math.min(this.#waiting.length - starting, environmentsMax - this.#environments.size);
    for (let count = 0; count < wanted && !this.#isStopped; count += 1) {
      void this.#start();
    }
  }

  async #start(): Promise<void> {
    const { watchdog } = this.#settings;
    const environment = new ExecutionEnvironment(this.#settings);
    const { pid } = environment;
    this.#environments.add(environment);
    // Before its first invocation: until then it notices by itself.
    if (pid > 0) {
      watchdog.watch(pid);
    }
    if (await environment.started()) {
      this.#handOn(environment);
    } else {
      // Otherwise an invocation would wait forever for code that can't be loaded.
      this.#waiting.shift()?.(undefined);
    }
    await environment.exited;
    watchdog.leave(pid);
    this.#environments.delete(environment);
    this.#processorMsOfGone += environment.processorMs;
    this.#scaleOut();
  }
}
