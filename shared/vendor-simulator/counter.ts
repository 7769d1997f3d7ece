import { randomUUID } from "node:crypto";
import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import type { VendorAnswer } from "./api.ts";
import type { Ledger, LedgerCall } from "./ledger.ts";
import { changeWeather, drawCall } from "./weather.ts";
import type { Weather } from "./weather.ts";

// Enough for hours of the workshop's load. A real vendor would forget keys after a day or so.
const maxKeysRemembered = 100_000;

/** The vendor's counter: serves a number of callers at the same time, lets more wait in line, and turns the rest away. */
export class Counter {
  #weather: Weather;
  readonly #ledger: Ledger;
  readonly #trace: TraceRecorder | undefined;
  #arrived = 0;
  #serving = 0;
  readonly #line: Call[] = [];
  readonly #held: Call[] = [];
  /** Calls that are running, and calls that have succeeded. */
  readonly #byKey = new Map<string, Call>();
  readonly #callsOfDevice = new Map<string, number>();

  constructor(weather: Weather, ledger: Ledger, trace?: TraceRecorder) {
    this.#weather = weather;
    this.#ledger = ledger;
    this.#trace = trace;
  }

  get weather(): Weather {
    return this.#weather;
  }

  get inLine(): number {
    return this.#line.length;
  }

  /** Returns the new weather. Throws a ZodError, and changes nothing, if the change is not valid. */
  changeWeather(change: unknown): Weather {
    this.#weather = changeWeather(this.#weather, change);
    this.#trace?.note({ kind: "weather", change: change as Record<string, unknown> });
    if (!this.#weather.hold) {
      this.#held.splice(0).forEach((call) => this.#finish(call));
    }
    this.#serveLine();
    return this.#weather;
  }

  /** `by` is the caller, for the trace. */
  ask(macAddress: string, idempotencyKey: string | undefined, by = ""): Visit {
    const number = this.#arrived;
    this.#arrived += 1;
    this.#trace?.note({ kind: "callArrived", call: number, macAddress, idempotencyKey, by });
    const { outage, answer, honoursIdempotencyKey, capacity, line } = this.#weather;
    const turnAway = (how: "outage" | "refused", status: 429 | 503, detail: string) => {
      this.#ledger.end(this.#ledger.begin(macAddress, idempotencyKey), how);
      return this.#answerAtOnce(number, { status, detail });
    };
    if (outage) {
      return turnAway("outage", 503, "The vendor is out of order; try again later");
    }
    if (answer === "refuse") {
      return turnAway("refused", 429, "The vendor refuses calls at present; try again later");
    }
    const known =
      honoursIdempotencyKey && idempotencyKey !== undefined ? this.#byKey.get(idempotencyKey) : undefined;
    if (known !== undefined) {
      return this.#askAgain(known, macAddress, number);
    }
    if (this.#serving >= capacity && this.#line.length >= line) {
      return turnAway(
        "refused",
        429,
        `Expected at most ${capacity} calls at once and ${line} in line; try again later`,
      );
    }

    const call = new Call(number, macAddress, idempotencyKey);
    if (honoursIdempotencyKey && idempotencyKey !== undefined) {
      this.#byKey.set(idempotencyKey, call);
    }
    const visit = call.wait({ onLeave: () => this.#noteLeft(number), onAlone: () => this.#abandon(call) });
    this.#line.push(call);
    this.#serveLine();
    return visit;
  }

  /** The key of a running or successful call: no second provisioning. */
  #askAgain(known: Call, macAddress: string, number: number): Visit {
    if (known.macAddress !== macAddress) {
      return this.#answerAtOnce(number, {
        status: 422,
        detail: `Expected this key with ${known.macAddress} only, got ${macAddress}`,
      });
    }
    const entry = this.#ledger.begin(macAddress, known.idempotencyKey);
    if (known.provisioningId !== undefined) {
      this.#ledger.end(entry, "remembered");
      return this.#answerAtOnce(number, { status: 201, provisioningId: known.provisioningId });
    }
    return known.wait({
      onLeave: () => this.#noteLeft(number),
      onEnd: (answer) => {
        this.#ledger.end(entry, "joined");
        this.#noteEnd(number, answer);
      },
      onAlone: () => this.#abandon(known),
    });
  }

  #noteLeft(call: number): void {
    this.#trace?.note({ kind: "callerLeft", call });
  }

  #noteEnd(call: number, answer?: VendorAnswer, provisioned = false): void {
    const status = typeof answer === "object" ? answer.status : undefined;
    this.#trace?.note({ kind: "callEnded", call, status, provisioned });
  }

  /** A visit that ends as soon as it begins. */
  #answerAtOnce(number: number, answer: VendorAnswer): Visit {
    this.#noteEnd(number, answer);
    return { answer: Promise.resolve(answer), leave: () => {} };
  }

  #serveLine(): void {
    while (this.#serving < this.#weather.capacity) {
      const call = this.#line.shift();
      if (call === undefined) {
        return;
      }
      this.#begin(call);
    }
  }

  #begin(call: Call): void {
    const nthCall = (this.#callsOfDevice.get(call.macAddress) ?? 0) + 1;
    this.#callsOfDevice.set(call.macAddress, nthCall);
    const { delayMs, fails } = drawCall(this.#weather, call.macAddress, nthCall);
    this.#serving += 1;
    this.#trace?.note({ kind: "callBegan", call: call.number });
    call.begun = {
      entry: this.#ledger.begin(call.macAddress, call.idempotencyKey),
      fails,
      weather: this.#weather,
    };
    if (this.#weather.answer !== "hang") {
      // The server keeps the process alive; work at the counter alone doesn't.
      setTimeout(() => (this.#weather.hold ? this.#held.push(call) : this.#finish(call)), delayMs).unref();
    }
  }

  #finish(call: Call): void {
    if (call.begun === undefined) {
      throw new Error("Expected a call that has begun; this is a defect of the simulator");
    }
    const { entry, fails, weather } = call.begun;
    if (fails || weather.answer === "fail" || weather.poison.includes(call.macAddress)) {
      this.#ledger.end(entry, "failed");
      // Failures are forgotten, so that the same key can be retried.
      this.#forgetKey(call);
      this.#end(call, { status: 500, detail: "The vendor could not provision this device" });
      return;
    }
    call.provisioningId = randomUUID();
    const isCut = weather.answer === "disconnect";
    this.#ledger.end(entry, isCut ? "disconnected" : "provisioned");
    if (this.#byKey.size > maxKeysRemembered) {
      this.#byKey.delete(this.#byKey.keys().next().value ?? "");
    }
    this.#end(call, isCut ? "cut" : { status: 201, provisioningId: call.provisioningId });
  }

  #end(call: Call, answer: VendorAnswer): void {
    this.#serving -= 1;
    this.#noteEnd(call.number, answer, call.provisioningId !== undefined);
    call.tell(answer);
    this.#serveLine();
  }

  /** No caller is waiting any more. A call in line is dropped, and one that hangs would otherwise never end. */
  #abandon(call: Call): void {
    if (call.begun === undefined) {
      this.#line.splice(this.#line.indexOf(call), 1);
      this.#ledger.end(this.#ledger.begin(call.macAddress, call.idempotencyKey), "left");
      this.#noteEnd(call.number);
      this.#forgetKey(call);
    } else if (call.begun.weather.answer === "hang") {
      this.#ledger.end(call.begun.entry, "hung");
      this.#forgetKey(call);
      this.#end(call, "cut");
    }
  }

  #forgetKey({ idempotencyKey }: Call): void {
    if (idempotencyKey !== undefined) {
      this.#byKey.delete(idempotencyKey);
    }
  }
}

/** One caller at the counter. */
export interface Visit {
  answer: Promise<VendorAnswer>;
  /** Tells the counter that the caller is gone. */
  leave: () => void;
}

interface Waiting {
  onEnd?: (answer?: VendorAnswer) => void;
  onLeave: () => void;
  onAlone: () => void;
}

/** One piece of work, and all callers that wait for its end: several if they came with the same key. */
class Call {
  /** The number of its first caller, for the trace. */
  readonly number: number;
  readonly macAddress: string;
  readonly idempotencyKey: string | undefined;
  /** Set once the work has begun. From then on it runs to its end, even if its callers leave. */
  begun?: { entry: LedgerCall; fails: boolean; weather: Weather };
  /** Set once it has succeeded. */
  provisioningId?: string;
  readonly #takers = new Set<(answer: VendorAnswer) => void>();

  constructor(number: number, macAddress: string, idempotencyKey: string | undefined) {
    this.number = number;
    this.macAddress = macAddress;
    this.idempotencyKey = idempotencyKey;
  }

  /** `onAlone` runs when the last waiting caller has left; `onEnd` when this one is answered or leaves, `onLeave` before it. */
  wait({ onEnd = () => {}, onLeave, onAlone }: Waiting): Visit {
    // Promise.withResolvers needs Node 22.
    let resolve: (answer: VendorAnswer) => void = () => {};
    const answer = new Promise<VendorAnswer>((done) => {
      resolve = done;
    });
    const take = (given: VendorAnswer) => {
      onEnd(given);
      resolve(given);
    };
    this.#takers.add(take);
    const leave = () => {
      if (this.#takers.delete(take)) {
        onLeave();
        onEnd();
        if (this.#takers.size === 0) {
          onAlone();
        }
      }
    };
    return { answer, leave };
  }

  tell(answer: VendorAnswer): void {
    const takers = [...this.#takers];
    this.#takers.clear();
    takers.forEach((take) => take(answer));
  }
}
