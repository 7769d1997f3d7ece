import type { RequestOutcome } from "#shared/results.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { deviceAt } from "#shared/devices.ts";
import { seededRandom } from "../../plan/arrivals.ts";
import { throttled } from "../front.ts";
import type { Table } from "../front.ts";
import { drawOwn } from "./inputs.ts";
import type { Inputs, OwnTime } from "./inputs.ts";
import { Queue } from "./queue.ts";
import type { QueueOptions } from "./queue.ts";
import { Life, Simulation } from "./simulation.ts";
import type { Task } from "./simulation.ts";
import { Vendor } from "./vendor.ts";
import type { Draw, VendorAnswer } from "./vendor.ts";

/** How a chapter works, and its template's numbers. */
export interface Design {
  work: "in the request" | "after the answer" | "worker" | "function";
  /** What a function does before it calls the vendor. */
  guard: "none" | "read" | "lease";
  batchSize: number;
  /** Batches at the same time: the mapping's MaximumConcurrency, or what it grows to without one. */
  concurrencyMax: number;
  /** Added to the mapping's first five each minute while there is a backlog. */
  concurrencyAMinute: number;
  visibilityMs: number;
  /** Undefined: no dead-letter queue. */
  maxReceiveCount: number | undefined;
  /** After the first, second, ... failure. Empty: the visibility timeout decides. */
  backoffMs: readonly number[];
  /** This share of each backoff is random. */
  jitter: number;
  vendorPatienceMs: number;
  functionTimeoutMs: number;
}

/** One customer's activation: what the tables contain about it, and what the customer knows. */
export interface Activation {
  device: string;
  dueMs: number;
  answeredMs: number | null;
  outcome: RequestOutcome;
  status: "accepted" | "provisioning" | "active" | "failed" | undefined;
  activatedAtMs: number | null;
  leaseOwner: number | undefined;
  leaseUntilMs: number;
}

export interface SystemOptions {
  design: Design;
  inputs: Inputs;
  weather: Weather;
  dueMs: readonly number[];
  /** The first customer's device. */
  firstDevice?: number;
  queue?: Pick<QueueOptions, "everyNthTwice" | "copyDelaysMs">;
  seed: number;
  draw?: Draw;
  /** A table of tickets that can't take every write. Default: it takes all. */
  tickets?: { table: Table; retryMs: number };
}

/** Everything that all parts of a chapter see. */
export class System {
  readonly simulation = new Simulation();
  readonly design: Design;
  readonly inputs: Inputs;
  readonly vendor: Vendor;
  readonly queue: Queue;
  readonly activations: Activation[];
  /** From 0 to 1, for what is random in the chapters themselves. */
  readonly random: () => number;
  readonly own: (time: OwnTime) => number;
  readonly tickets: SystemOptions["tickets"];
  isConsuming = true;
  owners = 0;

  constructor(options: SystemOptions) {
    const { design, inputs, weather, dueMs, firstDevice = 0, queue, seed, draw, tickets } = options;
    this.tickets = tickets;
    this.design = design;
    this.inputs = inputs;
    this.vendor = new Vendor(this.simulation, weather, draw);
    this.queue = new Queue(this.simulation, { ...design, ...queue });
    this.random = seededRandom(seed + 1);
    this.own = drawOwn(seed);
    this.activations = dueMs.map((ms, at) => ({
      device: deviceAt(firstDevice + at).macAddress,
      dueMs: ms,
      answeredMs: null,
      outcome: "unanswered",
      status: undefined,
      activatedAtMs: null,
      leaseOwner: undefined,
      leaseUntilMs: 0,
    }));
    if (tickets !== undefined) {
      this.#countSeconds(tickets.table);
    }
  }

  #countSeconds(table: Table): void {
    this.simulation.at(this.simulation.nowMs + 1_000, () => {
      table.endSecond(this.simulation.nowMs);
      this.#countSeconds(table);
    });
  }

  /** A call to a table or a queue. */
  *call(): Task {
    yield this.simulation.after(this.own(this.inputs.call));
  }

  /** A write of a ticket. Returns false if the table refused both tries of the SDK. */
  *write(): Task<boolean> {
    const { table, retryMs } = this.tickets ?? { table: undefined, retryMs: 0 };
    const moreMs = table?.write() ?? 0;
    yield* this.call();
    if (moreMs === throttled) {
      yield this.simulation.after(retryMs / 2);
      yield* this.call();
      return false;
    }
    if (moreMs > 0) {
      yield this.simulation.after(moreMs);
    }
    return true;
  }

  /** A vendor call, with the way there and back. */
  *askVendor(life: Life, activation: Activation): Task<VendorAnswer> {
    const way = this.simulation.after(this.inputs.vendorWayMs / 2);
    yield way;
    const { device } = activation;
    const answer = yield* this.vendor.provision(life, {
      device,
      key: this.design.guard === "lease" ? device : undefined,
      patienceMs: this.design.vendorPatienceMs,
    });
    yield way;
    return answer;
  }

  /** The write that records that the device works. Its moment is taken before the way to the table. Returns as {@link write} does. */
  *writeActive(activation: Activation): Task<boolean> {
    const { nowMs } = this.simulation;
    if (!(yield* this.write())) {
      return false;
    }
    activation.status = "active";
    activation.activatedAtMs ??= nowMs;
    return true;
  }
}
