import { TimeHeap } from "./time-heap.ts";
import type { Simulation, Task } from "./simulation.ts";

/** A message about one activation. A copy is a separate message. */
export interface Message {
  activation: number;
  /** Its number in its queue. */
  sequence: number;
  receiveCount: number;
  visibleAtMs: number;
  /** When its copy comes, for a message that is to come twice. */
  copyAfterMs: number | undefined;
  /** Its valid place in the order. Undefined: it is deleted. */
  place: number | undefined;
}

/** One receive of a message. The next receive replaces its handle. */
export interface Delivery {
  message: Message;
  receiveCount: number;
}

export interface QueueOptions {
  visibilityMs: number;
  /** Undefined: there is no dead-letter queue. */
  maxReceiveCount: number | undefined;
  everyNthTwice?: number;
  copyDelaysMs?: readonly number[];
}

/** The rules of a standard queue, as in shared/local-aws/sqs/, which names their sources. */
export class Queue {
  readonly setAside: Message[] = [];
  readonly #simulation: Simulation;
  readonly #options: QueueOptions;
  readonly #order = new TimeHeap();
  readonly #messages = new Map<number, Message>();
  readonly #waiting: (() => void)[] = [];
  #places = 0;
  #added = 0;
  #sent = 0;
  #marked = 0;

  constructor(simulation: Simulation, options: QueueOptions) {
    this.#simulation = simulation;
    this.#options = options;
  }

  get hasVisible(): boolean {
    this.#dropLeft();
    return this.#order.earliestMs <= this.#simulation.nowMs;
  }

  messages(): Message[] {
    return [...this.#messages.values()];
  }

  send(activation: number): void {
    const { everyNthTwice = 0, copyDelaysMs = [0] } = this.#options;
    this.#sent += 1;
    const message = this.#add(activation, this.#simulation.nowMs);
    if (everyNthTwice > 0 && this.#sent % everyNthTwice === 0) {
      message.copyAfterMs = copyDelaysMs[this.#marked % copyDelaysMs.length];
      this.#marked += 1;
    }
  }

  /** A long poll: waits for the first message if there is none, then takes what there is. */
  *poll(maximum: number): Task<Delivery[]> {
    for (;;) {
      const taken = this.take(maximum);
      if (taken.length > 0) {
        return taken;
      }
      yield (goOn) => this.#waiting.push(goOn);
    }
  }

  /** A handle that a later receive replaced deletes nothing. */
  delete({ message, receiveCount }: Delivery): void {
    if (message.receiveCount === receiveCount) {
      this.#drop(message);
    }
  }

  /** Hides a message in flight for this long from now. */
  hide({ message }: Delivery, ms: number): void {
    const { nowMs } = this.#simulation;
    if (message.place !== undefined && message.visibleAtMs > nowMs) {
      this.#show(message, nowMs + ms);
    }
  }

  /** Moves everything that was set aside back, as new messages. */
  redrive(): void {
    for (const { activation } of this.setAside.splice(0)) {
      this.#add(activation, this.#simulation.nowMs);
    }
  }

  #add(activation: number, visibleAtMs: number): Message {
    this.#added += 1;
    const message = {
      activation,
      sequence: this.#added,
      receiveCount: 0,
      visibleAtMs,
      copyAfterMs: undefined,
      place: undefined,
    };
    this.#show(message, visibleAtMs);
    return message;
  }

  #show(message: Message, visibleAtMs: number): void {
    this.#drop(message);
    this.#places += 1;
    message.place = this.#places;
    message.visibleAtMs = visibleAtMs;
    this.#messages.set(message.place, message);
    // Of equal moments, the message that was sent first.
    this.#order.put(visibleAtMs, message.place, message.sequence);
    this.#simulation.at(visibleAtMs, () => this.#waiting.splice(0).forEach((goOn) => goOn()));
  }

  #drop(message: Message): void {
    if (message.place !== undefined) {
      this.#messages.delete(message.place);
      message.place = undefined;
    }
  }

  /** What is visible now, up to `maximum`. Sets aside what was received too often. */
  take(maximum: number): Delivery[] {
    const { visibilityMs, maxReceiveCount = Infinity } = this.#options;
    const taken: Message[] = [];
    while (taken.length < maximum && this.hasVisible) {
      const place = this.#order.take();
      const message = this.#messages.get(place) as Message;
      this.#drop(message);
      if (message.receiveCount >= maxReceiveCount) {
        this.setAside.push(message);
      } else {
        taken.push(message);
      }
    }
    for (const message of taken) {
      message.receiveCount += 1;
      this.#show(message, this.#simulation.nowMs + visibilityMs);
      if (message.copyAfterMs !== undefined) {
        this.#add(message.activation, this.#simulation.nowMs + message.copyAfterMs);
        message.copyAfterMs = undefined;
      }
    }
    return taken.map((message) => ({ message, receiveCount: message.receiveCount }));
  }

  /** Drops places that were left for another one, or deleted. */
  #dropLeft(): void {
    while (this.#order.size > 0 && this.#order.earliestMs <= this.#simulation.nowMs) {
      if (this.#messages.has(this.#order.first)) {
        return;
      }
      this.#order.take();
    }
  }
}
