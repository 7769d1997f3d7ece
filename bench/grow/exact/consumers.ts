import type { Delivery } from "./queue.ts";
import { Life } from "./simulation.ts";
import type { Task } from "./simulation.ts";
import type { Activation, System } from "./system.ts";

/** What does the work. It can be killed during its vendor calls, and stops at the end. */
export interface Consumer {
  kill: () => void;
}

/** 03's worker: one message after the other. */
export class Worker implements Consumer {
  readonly #system: System;
  #life = new Life();

  constructor(system: System) {
    this.#system = system;
    system.simulation.start(this.#life, this.#work(this.#life));
  }

  kill(): void {
    const { simulation, inputs } = this.#system;
    this.#life.end();
    const life = new Life();
    this.#life = life;
    simulation.at(simulation.nowMs + inputs.restartMs, () => simulation.start(life, this.#work(life)));
  }

  *#work(life: Life): Task {
    const { queue, activations } = this.#system;
    while (this.#system.isConsuming) {
      for (const delivery of yield* queue.poll(1)) {
        // Received over HTTP.
        yield* this.#system.call();
        const activation = activations[delivery.message.activation] as Activation;
        if ((yield* this.#system.askVendor(life, activation)) === "provisioned") {
          yield* this.#system.writeActive(activation);
          yield* this.#system.call();
          queue.delete(delivery);
        }
      }
    }
  }
}

interface Environment {
  life: Life;
  /** The devices of the batch that it works on. */
  devices: string[];
  isIdle: boolean;
}

const firstBatches = 5;
const growthEveryMs = 200;

/** Lambda: the event source mapping and the function's environments. */
export class Mapping implements Consumer {
  /** For the bill. */
  invocations = 0;
  billedMs = 0;
  environments: Environment[] = [];
  readonly #system: System;
  #running = 0;
  #allowed: number;
  #whenFree: (() => void)[] = [];

  constructor(system: System) {
    this.#system = system;
    const { concurrencyMax, concurrencyAMinute } = system.design;
    this.#allowed = Math.min(firstBatches, concurrencyMax);
    system.simulation.start(new Life(), this.#poll());
    if (concurrencyAMinute > 0) {
      this.#grow();
    }
  }

  /** Starts warm environments, as a warm-up leaves them. */
  warm(count: number): void {
    this.environments = Array.from({ length: count }, () => ({
      life: new Life(),
      devices: [],
      isIdle: true,
    }));
  }

  /** Kills the one whose vendor call began last, since it has the longest to go. */
  kill(): void {
    const open = this.#system.vendor.open();
    const youngest = ({ devices }: Environment) => Math.max(...devices.map((device) => open.indexOf(device)));
    const [chosen] = this.environments.toSorted((left, right) => youngest(right) - youngest(left));
    if (chosen !== undefined) {
      this.environments = this.environments.filter((environment) => environment !== chosen);
      chosen.life.end();
    }
  }

  /** Allows more batches at the same time while all allowed ones run and more messages wait. */
  #grow(): void {
    const { simulation, design, queue } = this.#system;
    simulation.at(simulation.nowMs + growthEveryMs, () => {
      if (this.#running >= this.#allowed && queue.hasVisible) {
        const more = (design.concurrencyAMinute * growthEveryMs) / 60_000;
        this.#allowed = Math.min(this.#allowed + more, design.concurrencyMax);
        this.#free();
      }
      if (this.#system.isConsuming && this.#allowed < design.concurrencyMax) {
        this.#grow();
      }
    });
  }

  *#poll(): Task {
    const { queue, design } = this.#system;
    while (this.#system.isConsuming) {
      if (this.#running >= Math.floor(this.#allowed)) {
        yield (goOn) => this.#whenFree.push(goOn);
        continue;
      }
      this.#invoke(yield* queue.poll(design.batchSize));
    }
  }

  #free(): void {
    this.#whenFree.splice(0).forEach((goOn) => goOn());
  }

  #invoke(batch: readonly Delivery[]): void {
    const { simulation, activations, inputs } = this.#system;
    this.#running += 1;
    this.invocations += 1;
    const idle = this.environments.find(({ isIdle }) => isIdle);
    const environment: Environment = idle ?? { life: new Life(), devices: [], isIdle: false };
    if (idle === undefined) {
      this.environments.push(environment);
    }
    environment.isIdle = false;
    const end = () => {
      this.#running -= 1;
      this.#free();
    };
    const takeBack = environment.life.onEnd(end);
    const devices = batch.map(({ message }) => (activations[message.activation] as Activation).device);
    const coldMs = idle === undefined ? inputs.coldStartMs : 0;
    simulation.start(environment.life, this.#invocation(environment, batch, devices, coldMs), () => {
      takeBack();
      environment.isIdle = true;
      end();
    });
  }

  *#invocation(
    environment: Environment,
    batch: readonly Delivery[],
    devices: string[],
    coldMs: number,
  ): Task {
    const { simulation, queue, inputs, own, design } = this.#system;
    yield simulation.after(coldMs + own(inputs.invocation));
    environment.devices = devices;
    const begunMs = simulation.nowMs;
    const deadlineMs = begunMs + design.functionTimeoutMs;
    const done: Delivery[] = [];
    const { life } = environment;
    yield* simulation.together(
      life,
      batch.map((delivery) => this.#settle(life, delivery, deadlineMs, done)),
    );
    this.billedMs += simulation.nowMs - begunMs;
    environment.devices = [];
    done.forEach((delivery) => queue.delete(delivery));
  }

  *#settle(life: Life, delivery: Delivery, deadlineMs: number, done: Delivery[]): Task {
    const { design, activations } = this.#system;
    const activation = activations[delivery.message.activation] as Activation;
    const isLast = delivery.receiveCount >= (design.maxReceiveCount ?? Infinity);
    const activate = {
      none: () => this.#activate(life, activation),
      read: () => this.#activateAfterReading(life, activation),
      lease: () => this.#activateWithLease(life, activation, { deadlineMs, isLast }),
    }[design.guard];
    const ended = yield* activate();
    if (ended === "done") {
      done.push(delivery);
    } else if (design.backoffMs.length > 0) {
      yield* this.#prepareNextDelivery(delivery, activation, { ended, isLast });
    }
  }

  *#activate(life: Life, activation: Activation): Task<Ended> {
    if ((yield* this.#system.askVendor(life, activation)) !== "provisioned") {
      return "failed";
    }
    yield* this.#system.writeActive(activation);
    return "done";
  }

  *#activateAfterReading(life: Life, activation: Activation): Task<Ended> {
    const system = this.#system;
    yield* system.call();
    if (activation.status === "provisioning" || activation.status === "active") {
      return "done";
    }
    yield* system.call();
    activation.status = (activation.status as string | undefined) === "active" ? "active" : "provisioning";
    if ((yield* system.askVendor(life, activation)) !== "provisioned") {
      yield* system.call();
      activation.status = (activation.status as string) === "active" ? "active" : "accepted";
      return "failed";
    }
    yield* system.writeActive(activation);
    return "done";
  }

  *#activateWithLease(
    life: Life,
    activation: Activation,
    { deadlineMs, isLast }: { deadlineMs: number; isLast: boolean },
  ): Task<Ended> {
    const system = this.#system;
    system.owners += 1;
    const owner = system.owners;
    if (!(yield* system.write())) {
      return "failed";
    }
    const { status, leaseUntilMs } = activation;
    const { nowMs } = system.simulation;
    if (status === "active" || (status === "provisioning" && leaseUntilMs >= nowMs)) {
      yield* system.call();
      return status === "active" ? "done" : { heldUntilMs: leaseUntilMs };
    }
    const untilMs = deadlineMs + leaseMarginMs;
    Object.assign(activation, { status: "provisioning", leaseOwner: owner, leaseUntilMs: untilMs });
    const answer = yield* system.askVendor(life, activation);
    if (answer === "silent") {
      return { heldUntilMs: untilMs };
    }
    if (answer === "failed") {
      const isReleased = yield* system.write();
      if (isReleased && (activation.status as string) === "provisioning" && activation.leaseOwner === owner) {
        activation.status = isLast ? "failed" : "accepted";
      }
      return "failed";
    }
    return (yield* system.writeActive(activation)) ? "done" : "failed";
  }

  *#prepareNextDelivery(
    delivery: Delivery,
    activation: Activation,
    { ended, isLast }: { ended: Exclude<Ended, "done">; isLast: boolean },
  ): Task {
    const { design, simulation, queue, random } = this.#system;
    const longestMs = design.backoffMs[delivery.receiveCount - 1] ?? 0;
    const backoffMs = isLast ? 0 : wholeSeconds(longestMs * (1 - design.jitter * random()));
    const heldMs = typeof ended === "object" ? Math.max(1_000, ended.heldUntilMs - simulation.nowMs) : 0;
    yield* this.#system.call();
    queue.hide(delivery, typeof ended === "object" ? wholeSeconds(heldMs) : backoffMs);
    if (isLast && design.guard !== "lease" && activation.status !== "active") {
      yield* this.#system.call();
      activation.status = "failed";
    }
  }
}

/** How an attempt ended. The object: someone may be working on it until then. */
type Ended = "done" | "failed" | { heldUntilMs: number };

const wholeSeconds = (ms: number) => Math.ceil(ms / 1_000) * 1_000;

// The same as in the handlers of 07 and 08.
const leaseMarginMs = 500;
