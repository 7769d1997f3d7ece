import { drawCall } from "#shared/vendor-simulator/weather.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import type { Life, Simulation, Task } from "./simulation.ts";

/** What a caller learns: it works; it failed and nothing was done; or no answer came within the caller's patience. */
export type VendorAnswer = "provisioned" | "failed" | "silent";

/** How long a device's n-th call takes. Default: the vendor simulator's own drawing. */
export type Draw = typeof drawCall;

interface Call {
  device: string;
  key: string | undefined;
  takers: Set<(answer: VendorAnswer) => void>;
  isBegun: boolean;
  isDone: boolean;
}

/** The rules of shared/vendor-simulator/counter.ts: a number of calls at the same time, a number in line, and 429 for the rest. */
export class Vendor {
  weather: Weather;
  calls = 0;
  readonly callsAtMs: number[] = [];
  readonly provisionings = new Map<string, number>();
  readonly #simulation: Simulation;
  readonly #draw: Draw;
  readonly #line: Call[] = [];
  readonly #open = new Set<Call>();
  readonly #byKey = new Map<string, Call>();
  readonly #callsOf = new Map<string, number>();

  constructor(simulation: Simulation, weather: Weather, draw: Draw = drawCall) {
    this.#simulation = simulation;
    this.weather = weather;
    this.#draw = draw;
  }

  /** Devices whose calls have begun and not ended, in the order in which they began. */
  open(): string[] {
    return [...new Set([...this.#open].map(({ device }) => device))];
  }

  /** One call by this process, which waits this long for an answer. */
  *provision(
    life: Life,
    { device, key, patienceMs }: { device: string; key: string | undefined; patienceMs: number },
  ): Task<VendorAnswer> {
    let heard: VendorAnswer = "silent";
    yield (goOn) => {
      let isOver = false;
      const end = (answer: VendorAnswer) => {
        if (!isOver) {
          isOver = true;
          heard = answer;
          takeBack();
          goOn();
        }
      };
      const leave = this.#ask(device, key, end);
      // A caller that dies closes its connection. In line its call is forgotten; once begun, it runs to its end.
      const takeBack = life.onEnd(leave);
      this.#simulation.at(this.#simulation.nowMs + patienceMs, () => {
        leave();
        end("silent");
      });
    };
    return heard;
  }

  #ask(device: string, key: string | undefined, take: (answer: VendorAnswer) => void): () => void {
    const { outage, capacity, line, honoursIdempotencyKey } = this.weather;
    const known = honoursIdempotencyKey && key !== undefined ? this.#byKey.get(key) : undefined;
    const isFull = this.#open.size >= capacity && this.#line.length >= line;
    const answerAtOnce = (answer: VendorAnswer) => {
      this.#note();
      this.#simulation.at(this.#simulation.nowMs, () => take(answer));
      return () => {};
    };
    if (outage || (known === undefined && isFull)) {
      return answerAtOnce("failed");
    }
    if (known?.isDone === true) {
      return answerAtOnce("provisioned");
    }
    if (known !== undefined) {
      this.#note();
      known.takers.add(take);
      return () => this.#leave(known, take);
    }
    const call: Call = { device, key, takers: new Set([take]), isBegun: false, isDone: false };
    if (key !== undefined) {
      this.#byKey.set(key, call);
    }
    this.#line.push(call);
    this.#serveLine();
    return () => this.#leave(call, take);
  }

  #leave(call: Call, take: (answer: VendorAnswer) => void): void {
    call.takers.delete(take);
    const place = call.isBegun || call.takers.size > 0 ? -1 : this.#line.indexOf(call);
    if (place >= 0) {
      this.#line.splice(place, 1);
      this.#note();
      this.#forgetKey(call);
    }
  }

  #serveLine(): void {
    while (this.#open.size < this.weather.capacity) {
      const call = this.#line.shift();
      if (call === undefined) {
        return;
      }
      this.#begin(call);
    }
  }

  #begin(call: Call): void {
    const nthCall = (this.#callsOf.get(call.device) ?? 0) + 1;
    this.#callsOf.set(call.device, nthCall);
    call.isBegun = true;
    this.#open.add(call);
    this.#note();
    // The weather at its start applies to a call.
    const { poison } = this.weather;
    const { delayMs, fails } = this.#draw(this.weather, call.device, nthCall);
    this.#simulation.at(this.#simulation.nowMs + delayMs, () =>
      this.#finish(call, fails || poison.includes(call.device) ? "failed" : "provisioned"),
    );
  }

  #finish(call: Call, answer: VendorAnswer): void {
    this.#open.delete(call);
    if (answer === "provisioned") {
      call.isDone = true;
      this.provisionings.set(call.device, (this.provisionings.get(call.device) ?? 0) + 1);
    } else {
      this.#forgetKey(call);
    }
    call.takers.forEach((take) => take(answer));
    this.#serveLine();
  }

  #forgetKey({ key }: Call): void {
    if (key !== undefined) {
      this.#byKey.delete(key);
    }
  }

  #note(): void {
    this.calls += 1;
    this.callsAtMs.push(this.#simulation.nowMs);
  }
}
