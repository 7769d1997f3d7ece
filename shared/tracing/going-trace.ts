// A trace that goes on for hours, as a page follows it. What happened is told from the events that it still holds. Pure and without
// Node's modules, since a page uses it.
import type { TraceEvent, TraceHeader } from "#shared/trace.ts";
import { readTrace } from "./activations.ts";
import type { Forgotten, ReadTrace, TracedActivation } from "./activations.ts";
import { whatHappened } from "./what-happened.ts";
import type { Happening } from "./what-happened.ts";

// The parts are asked one after the other, so an event of one part may arrive a little after its consequence in another.
const settledAfterMs = 2_000;
/** As many customers as a wall of tickets shows. Older ones are in the counts only. */
export const mostKept = 480;

/** Takes a trace's events as they come, and forgets customers for whom everything is over, so that it doesn't grow. */
export class GoingTrace {
  #header: TraceHeader;
  #events: TraceEvent[] = [];
  #forgotten: Forgotten = { customers: 0, others: 0, turnedAway: new Map() };

  constructor(header: TraceHeader) {
    this.#header = header;
  }

  /** How many events it holds. */
  get size(): number {
    return this.#events.length;
  }

  /** How many forgotten customers something had happened to: no sentence counts them any more. */
  get untold(): number {
    return this.#forgotten.others;
  }

  /** Takes a newer header of the same trace, which says how many events were dropped meanwhile. */
  take(header: TraceHeader): void {
    this.#header = header;
  }

  note(events: readonly TraceEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
    }
  }

  /** At most six sentences about everything noted so far. */
  happened(): Happening[] {
    // The sort is stable, and quick because nearly everything is in order already.
    this.#events.sort((one, other) => one.atMs - other.atMs);
    const trace = { header: this.#header, events: this.#events };
    const read = { ...readTrace(trace), forgotten: this.#forgotten };
    const happenings = whatHappened(trace, read);
    this.#forget(read);
    return happenings;
  }

  #forget({ activations, about }: ReadTrace): void {
    const nowMs = this.#events.at(-1)?.atMs ?? 0;
    const over = activations.filter(
      ({ isHeld, events }) => !isHeld && nowMs - (events.at(-1)?.atMs ?? 0) > settledAfterMs,
    );
    const usual = over.filter(isUsual);
    const others = over.filter((activation) => !isUsual(activation)).slice(0, -mostKept);
    const asked = usual.filter(({ askedAtMs, fate }) => askedAtMs !== undefined && fate === "activated");
    const { slowest: before } = this.#forgotten;
    const [slowest] = [...asked, ...(before === undefined ? [] : [before])].toSorted(
      (one, other) => tookMs(other) - tookMs(one),
    );
    this.#forgotten = {
      customers: this.#forgotten.customers + asked.length,
      others: this.#forgotten.others + others.length,
      turnedAway: this.#forgotten.turnedAway,
      ...(slowest !== undefined && { slowest: { ...slowest, events: [] } }),
    };
    this.#drop(new Set([...usual, ...others]), about);
  }

  #drop(gone: ReadonlySet<TracedActivation>, about: ReadTrace["about"]): void {
    let outageAtMs: number | undefined;
    let isWithWorker = false;
    const numbered = new Set<number>();
    this.#events = this.#events.filter((event) => {
      const whom = about(event);
      const isKept = whom.length > 0 ? whom.some((activation) => !gone.has(activation)) : isOfAll(event);
      if (event.kind === "weather" && typeof event.change["outage"] === "boolean") {
        outageAtMs = event.change["outage"] ? (outageAtMs ?? event.atMs) : undefined;
      } else if (event.kind === "delivered" && event.by === "worker") {
        // It also says that the worker has finished with the message before.
        const isNext = isWithWorker;
        isWithWorker = isKept;
        return isKept || isNext;
      } else if (event.kind === "environmentStarted" || event.kind === "invoked") {
        // Environments are numbered in the order of their first events, so these stay.
        const isFirst = !numbered.has(event.environment);
        numbered.add(event.environment);
        return isKept || isFirst;
      }
      if (!isKept && outageAtMs !== undefined && event.kind === "callEnded" && event.status === 503) {
        const { turnedAway } = this.#forgotten;
        turnedAway.set(outageAtMs, 1 + (turnedAway.get(outageAtMs) ?? 0));
      }
      return isKept;
    });
  }
}

const tookMs = ({ askedAtMs = 0, activatedAtMs = 0 }: TracedActivation): number => activatedAtMs - askedAtMs;

const ordinaryFates: readonly TracedActivation["fate"][] = ["activated", "refused", "unknown"];

/** Whether there is nothing to tell about it but how long it took. */
const isUsual = ({ fate, provisionedCount, events }: TracedActivation): boolean =>
  ordinaryFates.includes(fate) && provisionedCount <= 1 && !events.some(isTelling);

const tellingKinds: ReadonlySet<TraceEvent["kind"]> = new Set([
  "killed",
  "callerLeft",
  "environmentEnded",
  "setAside",
  "redriven",
  "asyncDiscarded",
]);

const isTelling = (event: TraceEvent): boolean =>
  tellingKinds.has(event.kind) ||
  (event.kind === "answered" && (event.status === undefined || event.status >= 400));

/** Events about no single activation that a sentence is made of. */
const isOfAll = ({ kind }: TraceEvent): boolean =>
  kind === "killed" || kind === "weather" || kind === "environmentEnded";
