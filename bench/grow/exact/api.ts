import { Life } from "./simulation.ts";
import type { Task } from "./simulation.ts";
import type { Activation, System } from "./system.ts";

// An answer's time is the claim, then the message, then the ticket. 01 has the claim before the vendor and a write after it.
const shareOfClaim = 0.4;
const shareOfSend = 0.3;

/** The API's process. It takes every customer's request while it runs. */
export class Api {
  readonly #system: System;
  life = new Life();
  #isUp = true;

  constructor(system: System) {
    this.#system = system;
    system.activations.forEach((activation, at) =>
      system.simulation.at(activation.dueMs, () => {
        if (this.#isUp) {
          system.simulation.start(this.life, this.#request(activation, at));
        }
      }),
    );
  }

  /** Sends SIGKILL. Its successor takes requests after a while. */
  kill(): void {
    const { simulation, inputs } = this.#system;
    this.#isUp = false;
    this.life.end();
    simulation.at(simulation.nowMs + inputs.restartMs, () => {
      this.life = new Life();
      this.#isUp = true;
    });
  }

  *#request(activation: Activation, at: number): Task {
    const { simulation, inputs, design, queue, own, tickets } = this.#system;
    const { life } = this;
    const apiMs = own(inputs.api);
    yield simulation.after(apiMs * shareOfClaim);
    if (design.work === "in the request") {
      yield* this.#activateNow(life, activation, apiMs);
      return;
    }
    yield simulation.after(apiMs * shareOfSend);
    if (design.work !== "after the answer") {
      queue.send(at);
    }
    // Its answer is of no interest where a table is too small, but the table is the busier for it.
    tickets?.table.write();
    yield simulation.after(apiMs * (1 - shareOfClaim - shareOfSend));
    activation.status ??= "accepted";
    activation.outcome = "accepted";
    activation.answeredMs = simulation.nowMs;
    if (design.work === "after the answer") {
      yield* this.#activateLater(life, activation);
    }
  }

  *#activateNow(life: Life, activation: Activation, apiMs: number): Task {
    const { simulation } = this.#system;
    const answer = yield* this.#system.askVendor(life, activation);
    if (answer === "provisioned") {
      const { nowMs } = simulation;
      yield simulation.after(apiMs * (1 - shareOfClaim));
      activation.status = "active";
      activation.activatedAtMs = nowMs;
    }
    activation.outcome = answer === "provisioned" ? "accepted" : "failed";
    activation.answeredMs = simulation.nowMs;
  }

  *#activateLater(life: Life, activation: Activation): Task {
    const answer = yield* this.#system.askVendor(life, activation);
    if (answer === "provisioned") {
      yield* this.#system.writeActive(activation);
    } else {
      yield* this.#system.call();
      activation.status = "failed";
    }
  }
}
