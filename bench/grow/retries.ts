const chunkSize = 65_536;
// A second's messages are first sorted by quarters of a millisecond: in a storm of 10,000 a second, that is nearly all the work.
const keysAMs = 4;
const keys = 1_000 * keysAMs;
// With fewer, sorting by comparison is faster.
const fewMessages = 64;

/** Messages side by side, each with how often it was received and when it becomes visible. */
class Messages {
  messages: Int32Array;
  receives: Uint8Array;
  shownAtMs: Float64Array;
  /** The place of the first one, and the place after the last one. */
  first = 0;
  last = 0;

  constructor(size: number) {
    this.messages = new Int32Array(size);
    this.receives = new Uint8Array(size);
    this.shownAtMs = new Float64Array(size);
  }

  set(at: number, message: number, receives: number, shownAtMs: number): void {
    this.messages[at] = message;
    this.receives[at] = receives;
    this.shownAtMs[at] = shownAtMs;
  }

  copy(from: Messages, at: number, to: number): void {
    this.messages[to] = from.messages[at] as number;
    this.receives[to] = from.receives[at] as number;
    this.shownAtMs[to] = from.shownAtMs[at] as number;
  }

  /** Makes room for one more after the last one. */
  makeRoom(): void {
    if (this.last < this.messages.length) {
      return;
    }
    const longer = new Messages(2 * this.last);
    longer.messages.set(this.messages);
    longer.receives.set(this.receives);
    longer.shownAtMs.set(this.shownAtMs);
    this.messages = longer.messages;
    this.receives = longer.receives;
    this.shownAtMs = longer.shownAtMs;
  }

  /** Compares the moments, and at equal moments which message was sent first. */
  isBefore(one: number, other: number): boolean {
    const oneMs = this.shownAtMs[one] as number;
    const otherMs = this.shownAtMs[other] as number;
    return oneMs === otherMs
      ? (this.messages[one] as number) < (this.messages[other] as number)
      : oneMs < otherMs;
  }
}

/** The messages that become visible in one second. */
class Second extends Messages {
  isSorted = false;
}

/**
 * Messages that are hidden for a while, and those that are visible again, in typed arrays: tens of millions fit. Each second to come has
 * a row. New messages go to its end, and it is sorted when its second begins. So no access goes to a far place in memory, which would
 * take longer than everything else.
 */
export class Retries {
  hidden = 0;
  visible = 0;
  /** When the next hidden message becomes visible. */
  nextShownMs = Infinity;
  /** A power of two. */
  readonly #seconds: Second[];
  readonly #lastSecond: number;
  /** The second of the next message that becomes visible. */
  #second = 0;
  #sorted = new Messages(1_024);
  readonly #counts = new Int32Array(keys + 1);
  readonly #full: Messages[] = [];
  #spare: Messages | undefined;
  #reads = new Messages(chunkSize);
  #writes = this.#reads;

  /** `longestMs`: how long a message is hidden at most. */
  constructor(longestMs: number) {
    const length = 2 ** Math.ceil(Math.log2(longestMs / 1_000 + 2));
    this.#seconds = Array.from({ length }, () => new Second(256));
    this.#lastSecond = length - 1;
  }

  /** When the message that `take` would return became visible. */
  get headMs(): number {
    return this.visible === 0 ? Infinity : (this.#reads.shownAtMs[this.#reads.first] as number);
  }

  /** How often it had been received before it was hidden. */
  get headReceives(): number {
    return this.#reads.receives[this.#reads.first] as number;
  }

  hide(message: number, receives: number, untilMs: number): void {
    const at = Math.floor(untilMs / 1_000);
    const second = this.#secondAt(at);
    second.makeRoom();
    second.set(second.last, message, receives, untilMs);
    second.last += 1;
    this.hidden += 1;
    if (untilMs < this.nextShownMs) {
      this.nextShownMs = untilMs;
      this.#second = at;
    }
    if (second.isSorted) {
      sink(second, second.last - 1);
    }
  }

  /** Makes visible what is due by now. */
  advance(nowMs: number): void {
    while (this.nextShownMs <= nowMs) {
      this.#show();
    }
  }

  /**
   * Makes one message after the other visible, until at most `mostHidden` are hidden. Returns the moment of that, or Infinity if it
   * isn't before `limitMs`. Then everything that is due before that is visible.
   */
  showUntil(mostHidden: number, limitMs: number): number {
    while (this.nextShownMs < limitMs) {
      const shownMs = this.nextShownMs;
      this.#show();
      if (this.hidden <= mostHidden) {
        return shownMs;
      }
    }
    return Infinity;
  }

  /** Takes out the message that became visible first. There must be one. */
  take(): number {
    const reads = this.#reads;
    const message = reads.messages[reads.first] as number;
    reads.first += 1;
    this.visible -= 1;
    if (reads.first === chunkSize) {
      this.#spare = reads;
      this.#reads = this.#full.shift() ?? (this.#writes === reads ? this.#beginChunk() : this.#writes);
    }
    return message;
  }

  #secondAt(at: number): Second {
    return this.#seconds[at & this.#lastSecond] as Second;
  }

  /** Moves the next hidden message to the end of the visible ones. */
  #show(): void {
    const second = this.#secondAt(this.#second);
    if (!second.isSorted) {
      this.#sort(second);
    }
    if (this.#writes.last === chunkSize) {
      if (this.#writes !== this.#reads) {
        this.#full.push(this.#writes);
      }
      this.#beginChunk();
    }
    const writes = this.#writes;
    writes.copy(second, second.first, writes.last);
    writes.last += 1;
    second.first += 1;
    this.visible += 1;
    this.hidden -= 1;
    if (second.first < second.last) {
      this.nextShownMs = second.shownAtMs[second.first] as number;
    } else {
      this.#findNext(second);
    }
  }

  #findNext(shown: Second): void {
    shown.first = 0;
    shown.last = 0;
    shown.isSorted = false;
    if (this.hidden === 0) {
      this.nextShownMs = Infinity;
      return;
    }
    let second: Second;
    do {
      this.#second += 1;
      second = this.#secondAt(this.#second);
    } while (second.last === 0);
    if (!second.isSorted) {
      this.#sort(second);
    }
    this.nextShownMs = second.shownAtMs[second.first] as number;
  }

  #sort(second: Second): void {
    if (second.last > fewMessages) {
      this.#sortByKey(second);
    }
    for (let at = 1; at < second.last; at += 1) {
      sink(second, at);
    }
    second.isSorted = true;
  }

  #sortByKey(second: Second): void {
    const counts = this.#counts.fill(0);
    const { shownAtMs, last } = second;
    const beginMs = Math.floor((shownAtMs[0] as number) / 1_000) * 1_000;
    const keyOf = (at: number) => Math.floor(((shownAtMs[at] as number) - beginMs) * keysAMs);
    for (let at = 0; at < last; at += 1) {
      const after = keyOf(at) + 1;
      counts[after] = (counts[after] as number) + 1;
    }
    for (let key = 1; key <= keys; key += 1) {
      counts[key] = (counts[key] as number) + (counts[key - 1] as number);
    }
    const sorted = this.#sorted;
    for (sorted.last = last; sorted.messages.length < last;) {
      sorted.last = sorted.messages.length;
      sorted.makeRoom();
    }
    for (let at = 0; at < last; at += 1) {
      const key = keyOf(at);
      const place = counts[key] as number;
      counts[key] = place + 1;
      sorted.copy(second, at, place);
    }
    second.messages.set(sorted.messages.subarray(0, last));
    second.receives.set(sorted.receives.subarray(0, last));
    second.shownAtMs.set(sorted.shownAtMs.subarray(0, last));
  }

  #beginChunk(): Messages {
    const chunk = this.#spare ?? new Messages(chunkSize);
    this.#spare = undefined;
    chunk.first = 0;
    chunk.last = 0;
    this.#writes = chunk;
    return chunk;
  }
}

/** Moves one of the messages to its place among those before it, which are sorted. */
function sink(second: Second, from: number): void {
  if (from === second.first || !second.isBefore(from, from - 1)) {
    return;
  }
  const message = second.messages[from] as number;
  const receives = second.receives[from] as number;
  const shownAtMs = second.shownAtMs[from] as number;
  let to = from;
  do {
    second.copy(second, to - 1, to);
    to -= 1;
    second.set(to, message, receives, shownAtMs);
  } while (to > second.first && second.isBefore(to, to - 1));
}
