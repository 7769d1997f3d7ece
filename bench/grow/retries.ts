const slotMs = 0.25;
// Of each message, side by side since they are needed together: the one after it in its list, and its receives.
const cells = 2;

/**
 * Messages that are hidden for a while, and those of them that are visible again: lists in typed arrays, so that tens of
 * millions fit. A message shows at the end of its slot of 0.25 ms: with 1 ms, batches held more messages than they do in the exact simulation, and
 * those that wait had fewer chances at a vendor that is full.
 */
export class Retries {
  hidden = 0;
  visible = 0;
  readonly #cells: Int32Array;
  readonly #shownAtMs: Float64Array;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #counts: Int32Array;
  /** No hidden message shows before this slot. */
  #slot = 0;
  #head = 0;
  #tail = 0;

  /** For so many messages, each hidden for so long at most. */
  constructor(messages: number, longestMs: number) {
    this.#cells = new Int32Array(cells * messages);
    this.#shownAtMs = new Float64Array(messages);
    const slots = Math.ceil(longestMs / slotMs) + 2;
    this.#first = new Int32Array(slots).fill(-1);
    this.#last = new Int32Array(slots);
    this.#counts = new Int32Array(slots);
  }

  /** When the next hidden message shows. */
  get nextShownMs(): number {
    if (this.hidden === 0) {
      return Infinity;
    }
    while ((this.#first[this.#slot % this.#first.length] as number) < 0) {
      this.#slot += 1;
    }
    return this.#slot * slotMs;
  }

  /** When the message that `take` would give became visible. */
  get headMs(): number {
    return this.visible === 0 ? Infinity : (this.#shownAtMs[this.#head] as number);
  }

  /** How often it was received before it was hidden for the last time. */
  receivesOf(message: number): number {
    return this.#cells[cells * message + 1] as number;
  }

  hide(message: number, receives: number, untilMs: number): void {
    const slot = Math.ceil(untilMs / slotMs);
    const place = slot % this.#first.length;
    this.#cells[cells * message] = -1;
    this.#cells[cells * message + 1] = receives;
    this.#shownAtMs[message] = untilMs;
    if ((this.#first[place] as number) < 0) {
      this.#first[place] = message;
    } else {
      this.#cells[cells * (this.#last[place] as number)] = message;
    }
    this.#last[place] = message;
    this.#counts[place] = (this.#counts[place] as number) + 1;
    this.#slot = this.hidden === 0 ? slot : Math.min(this.#slot, slot);
    this.hidden += 1;
  }

  /** Shows what is to be shown by now. */
  advance(nowMs: number): void {
    while (this.nextShownMs <= nowMs) {
      this.#show(this.#slot % this.#first.length);
    }
  }

  /** The message that became visible first. Only where there is one. */
  take(): number {
    const message = this.#head;
    this.#head = this.#cells[cells * message] as number;
    this.visible -= 1;
    return message;
  }

  #show(place: number): void {
    const first = this.#first[place] as number;
    const count = this.#counts[place] as number;
    if (this.visible === 0) {
      this.#head = first;
    } else {
      this.#cells[cells * this.#tail] = first;
    }
    this.hidden -= count;
    this.visible += count;
    this.#counts[place] = 0;
    this.#tail = this.#last[place] as number;
    this.#first[place] = -1;
  }
}
