import { deviceAt } from "#shared/devices.ts";
import { seededRandom } from "#shared/local-aws/sqs/testing/seeded-random.ts";
import type { Trace, TraceHeader } from "#shared/trace.ts";
import { inventedTrace } from "./invented-trace.ts";
import type { InventedEvent } from "./invented-trace.ts";

interface InventedRun {
  /** Where an activation waits: in the API's memory, or in a queue before a function that reads first or takes a lease. */
  kind: "memory" | "check" | "lease";
  customers?: number;
  perSecond?: number;
  seed?: number;
  /** When what does the work is killed. */
  killAtMs?: number | undefined;
  outage?: { fromMs: number; toMs: number };
  /** Every n-th message is delivered twice. */
  everyNthTwice?: number;
  /** Customers whose device can never be provisioned, from 1. */
  poison?: readonly number[];
  vendorMs?: number;
  header?: Partial<TraceHeader>;
}

const [environments, batch, visibilityMs, maxReceiveCount] = [5, 4, 6_000, 5];
const [restartMs, copyAfterMs, horizonMs] = [100, 200, 60_000];

const chapters = {
  memory: { chapter: "02-ticket", row: "02" },
  check: { chapter: "06-check-then-act", row: "06" },
  lease: { chapter: "07-lock", row: "07" },
} as const;

/** The trace of an invented but plausible run. Everything in it is drawn from the seed. */
export function inventedRun(options: InventedRun): Trace {
  return new Invention(options).trace();
}

interface Message {
  row: number;
  nth: number;
  receiveCount: number;
}

class Invention {
  readonly #options: InventedRun;
  readonly #events: InventedEvent[] = [];
  readonly #later: { ms: number; do: () => void }[] = [];
  readonly #waiting: Message[] = [];
  readonly #random: () => number;
  readonly #idle: number[] = [];
  readonly #tickets = new Map<number, { status: string; leaseEndsAtMs?: number }>();
  #alive = new Set<string>();
  #ms = 0;
  #rows = 0;
  #calls = 0;
  #invocations = 0;
  #pids = 100;

  constructor(options: InventedRun) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
    const { customers = 40, perSecond = 10, killAtMs, outage } = options;
    for (let nth = 1; nth <= customers; nth += 1) {
      const spread = this.#random() * 0.8;
      this.#at(((nth - 1 + spread) * 1_000) / perSecond, () => this.#ask(nth));
    }
    if (options.kind !== "memory") {
      for (let at = 0; at < environments; at += 1) {
        this.#at(0, () => this.#startEnvironment());
      }
    }
    if (killAtMs !== undefined) {
      this.#at(killAtMs, () => this.#kill());
    }
    if (outage !== undefined) {
      this.#at(outage.fromMs, () => this.#note({ kind: "weather", change: { outage: true } }));
      this.#at(outage.toMs, () => this.#note({ kind: "weather", change: { outage: false } }));
    }
  }

  trace(): Trace {
    for (;;) {
      this.#later.sort((left, right) => left.ms - right.ms);
      const next = this.#later.shift();
      if (next === undefined || next.ms > horizonMs) {
        break;
      }
      this.#ms = next.ms;
      next.do();
    }
    const { kind, header } = this.#options;
    const trace = inventedTrace(this.#events, { ...chapters[kind], ...header });
    if (kind === "memory") {
      delete trace.header.deadLetterQueue;
    }
    return trace;
  }

  #at(ms: number, then: () => void): void {
    this.#later.push({ ms: Math.round(ms * 10) / 10, do: then });
  }

  #after(ms: number, then: () => void): void {
    this.#at(this.#ms + ms, then);
  }

  #note(
    event: InventedEvent extends infer Event ? (Event extends unknown ? Omit<Event, "ms"> : never) : never,
  ): void {
    this.#events.push({ ms: this.#ms, ...event } as InventedEvent);
  }

  #ask(nth: number): void {
    const { customerId, macAddress } = deviceAt(nth - 1);
    this.#note({ kind: "asked", request: nth, customerId, macAddress });
    this.#after(3, () => {
      const eventId = `e-${nth}`;
      this.#note({ kind: "claimed", eventId, macAddress, isFirst: true, by: "api" });
      if (this.#options.kind !== "memory") {
        this.#send(nth);
      }
      this.#write(nth, "accepted", "api");
      this.#note({ kind: "answered", request: nth, status: 202, eventId });
      if (this.#options.kind === "memory") {
        const process = `api-${this.#pids}`;
        this.#alive.add(process);
        this.#after(1, () => this.#workInMemory(nth, process));
      }
    });
  }

  #workInMemory(nth: number, process: string): void {
    this.#write(nth, "provisioning", "api");
    this.#call(nth, "api", (isGood) => {
      if (this.#alive.has(process)) {
        this.#write(nth, isGood ? "active" : "failed", "api");
      }
    });
  }

  #send(nth: number): void {
    const { everyNthTwice = 0 } = this.#options;
    this.#rows += 1;
    const row = this.#rows;
    const { macAddress } = deviceAt(nth - 1);
    const visibleAtMs = this.#ms;
    this.#note({
      kind: "sent",
      queue: "work",
      row,
      eventId: `e-${nth}`,
      macAddress,
      messageId: `m-${nth}`,
      visibleAtMs,
      by: "api",
    });
    this.#show({ row, nth, receiveCount: 0 });
    if (everyNthTwice > 0 && nth % everyNthTwice === 0) {
      this.#rows += 1;
      const copy = this.#rows;
      const delay = nth % (2 * everyNthTwice) === 0 ? 0 : copyAfterMs;
      this.#after(1, () => {
        this.#note({ kind: "copied", queue: "work", row, copy, visibleAtMs: this.#ms + delay });
        this.#after(delay, () => this.#show({ row: copy, nth, receiveCount: 0 }));
      });
    }
  }

  #show(message: Message): void {
    this.#waiting.push(message);
    this.#after(2, () => this.#poll());
  }

  #startEnvironment(): void {
    this.#pids += 1;
    const environment = this.#pids;
    this.#note({ kind: "environmentStarted", environment });
    this.#after(150 + 100 * this.#random(), () => {
      this.#note({ kind: "environmentReady", environment });
      this.#idle.push(environment);
      this.#poll();
    });
  }

  #poll(): void {
    while (this.#waiting.length > 0 && this.#idle.length > 0) {
      const environment = this.#idle.shift() ?? 0;
      this.#invoke(environment, this.#waiting.splice(0, batch));
    }
  }

  #invoke(environment: number, messages: Message[]): void {
    this.#invocations += 1;
    const invocation = `i-${this.#invocations}`;
    const hiddenUntilMs = this.#ms + visibilityMs;
    for (const message of messages) {
      message.receiveCount += 1;
      const { row, receiveCount } = message;
      this.#note({ kind: "delivered", queue: "work", row, receiveCount, hiddenUntilMs, by: invocation });
    }
    const rows = messages.map(({ row }) => row);
    this.#note({ kind: "invoked", environment, invocation, rows, eventIds: [] });
    this.#alive.add(invocation);
    const failed: Message[] = [];
    let open = messages.length;
    const settle = () => {
      open -= 1;
      if (open > 0 || !this.#alive.delete(invocation)) {
        return;
      }
      const failedRows = failed.map(({ row }) => row);
      this.#note({ kind: "returned", environment, invocation, outcome: "answered", failedRows });
      messages
        .filter((message) => !failed.includes(message))
        .forEach(({ row }) => this.#note({ kind: "deleted", queue: "work", row, by: invocation }));
      failed.forEach((message) => this.#comeBack(message));
      this.#idle.push(environment);
      this.#poll();
    };
    messages.forEach((message) =>
      this.#after(3, () =>
        this.#work(
          message,
          invocation,
          () => settle(),
          () => failed.push(message),
        ),
      ),
    );
    this.#onKill.set(environment, () => {
      this.#alive.delete(invocation);
      messages.forEach((message) => this.#after(hiddenUntilMs - this.#ms, () => this.#show(message)));
    });
  }

  readonly #onKill = new Map<number, () => void>();

  #work({ nth, receiveCount }: Message, invocation: string, settle: () => void, fail: () => void): void {
    const ticket = this.#tickets.get(nth);
    const eventId = `e-${nth}`;
    const done = (isGood: boolean) => {
      if (!this.#alive.has(invocation)) {
        return;
      }
      this.#write(
        nth,
        isGood ? "active" : receiveCount >= maxReceiveCount ? "failed" : "accepted",
        invocation,
      );
      if (!isGood) {
        fail();
      }
      settle();
    };
    if (this.#options.kind === "check") {
      this.#note({ kind: "read", eventId, ...(ticket && { status: ticket.status }), by: invocation });
      if (
        ticket?.status === "active" ||
        (ticket?.status === "provisioning" && ticket.leaseEndsAtMs === undefined)
      ) {
        settle();
        return;
      }
      this.#after(4, () => {
        this.#write(nth, "provisioning", invocation);
        this.#call(nth, invocation, done);
      });
      return;
    }
    const isHeld = ticket?.status === "provisioning" && (ticket.leaseEndsAtMs ?? 0) > this.#ms;
    if (ticket?.status === "active" || isHeld) {
      this.#note({ kind: "refused", eventId, by: invocation });
      if (isHeld) {
        fail();
      }
      settle();
      return;
    }
    this.#write(nth, "provisioning", invocation, this.#ms + 4_500);
    this.#call(nth, invocation, done);
  }

  #comeBack(message: Message): void {
    const { row, receiveCount } = message;
    if (receiveCount < maxReceiveCount) {
      const hiddenUntilMs = this.#ms + Math.min(receiveCount, 2) * 1_000;
      this.#note({ kind: "hidden", queue: "work", row, hiddenUntilMs, by: "" });
      this.#after(hiddenUntilMs - this.#ms, () => this.#show(message));
      return;
    }
    this.#after(1_000, () => {
      this.#rows += 1;
      const newRow = this.#rows;
      this.#note({ kind: "setAside", queue: "work", row, to: "dead", newRow, receiveCount });
    });
  }

  #call(nth: number, by: string, then: (isGood: boolean) => void): void {
    const { vendorMs = 400, poison = [], outage } = this.#options;
    this.#calls += 1;
    const call = this.#calls;
    const { macAddress } = deviceAt(nth - 1);
    this.#note({ kind: "callArrived", call, macAddress, by });
    this.#note({ kind: "callBegan", call });
    const isDown = outage !== undefined && this.#ms >= outage.fromMs && this.#ms < outage.toMs;
    const takesMs = isDown ? 2 : vendorMs * Math.exp(0.6 * (this.#random() + this.#random() - 1));
    const isGood = !isDown && !poison.includes(nth);
    this.#after(takesMs, () => {
      this.#note({ kind: "callEnded", call, status: isGood ? 201 : isDown ? 503 : 500, provisioned: isGood });
      this.#after(1, () => then(isGood));
    });
  }

  #write(nth: number, status: string, by: string, leaseEndsAtMs?: number): void {
    if (this.#tickets.get(nth)?.status === "active") {
      return;
    }
    this.#tickets.set(nth, { status, ...(leaseEndsAtMs !== undefined && { leaseEndsAtMs }) });
    this.#note({
      kind: "written",
      eventId: `e-${nth}`,
      status,
      by,
      ...(leaseEndsAtMs !== undefined && { leaseOwner: by, leaseEndsAtMs }),
      ...(status === "active" && { activatedAtMs: this.#ms }),
    });
  }

  #kill(): void {
    if (this.#options.kind === "memory") {
      this.#note({ kind: "killed", target: "api", pid: this.#pids });
      this.#alive.clear();
      this.#pids += 1;
      return;
    }
    const [environment, forget] = [...this.#onKill].find(([id]) => !this.#idle.includes(id)) ?? [];
    if (environment === undefined || forget === undefined) {
      this.#after(10, () => this.#kill());
      return;
    }
    this.#note({ kind: "killed", target: "function", pid: environment });
    this.#note({ kind: "environmentEnded", environment, why: "killed" });
    forget();
    this.#onKill.delete(environment);
    this.#after(restartMs, () => this.#startEnvironment());
  }
}
