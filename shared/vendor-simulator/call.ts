import type { LedgerCall } from "#shared/vendor-simulator/ledger.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";

/** What a caller is told; "cut" means that the connection is closed instead. */
export type Answer =
  | { status: 201; provisioningId: string }
  | { status: 422 | 429 | 500 | 503; detail: string }
  | "cut";

/** One caller who stands at the counter. */
export interface Visit {
  answer: Promise<Answer>;
  /** Tells the counter that the caller is gone. */
  leave: () => void;
}

/** One piece of work, and everybody who waits for its end: several if they came with the same key. */
export class Call {
  readonly macAddress: string;
  readonly idempotencyKey: string | undefined;
  /** Set once the work has begun. From then on it runs to its end, whoever leaves. */
  begun?: { entry: LedgerCall; fails: boolean; weather: Weather };
  /** Set once it has succeeded. */
  provisioningId?: string;
  readonly #takers = new Set<(answer: Answer) => void>();

  constructor(macAddress: string, idempotencyKey: string | undefined) {
    this.macAddress = macAddress;
    this.idempotencyKey = idempotencyKey;
  }

  /** `onAlone` runs when the last who waited has left; `onEnd` when this one is answered or leaves. */
  wait({ onEnd = () => {}, onAlone }: { onEnd?: () => void; onAlone: () => void }): Visit {
    // Promise.withResolvers needs Node 22.
    let resolve: (answer: Answer) => void = () => {};
    const answer = new Promise<Answer>((done) => {
      resolve = done;
    });
    const take = (given: Answer) => {
      onEnd();
      resolve(given);
    };
    this.#takers.add(take);
    const leave = () => {
      if (this.#takers.delete(take)) {
        onEnd();
        if (this.#takers.size === 0) {
          onAlone();
        }
      }
    };
    return { answer, leave };
  }

  tell(answer: Answer): void {
    const takers = [...this.#takers];
    this.#takers.clear();
    takers.forEach((take) => take(answer));
  }
}

/** A visit that is over as soon as it begins. */
export function answeredAtOnce(answer: Answer): Visit {
  return { answer: Promise.resolve(answer), leave: () => {} };
}
