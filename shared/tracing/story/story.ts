import type { TraceEvent } from "#shared/trace.ts";
import { moment, ordinal } from "#shared/words.ts";
import type { ReadTrace, TracedActivation } from "../activations.ts";
import type { ByKind } from "../by-kind.ts";
import type { CodePlace, CodePlaces, Decision } from "../decisions.ts";

/** How to tell the events of one station. */
export type Tellers = ByKind<Story>;

/** One moment of an activation's life. `atMs` counts from the trace's start, like all times that are shown. */
export interface StoryLine {
  atMs: number;
  text: string;
  /** The line that decided it, if the chapter's code did. */
  code?: CodePlace;
}

/** A moment at which SQS delivered a row of the activation. */
interface Delivery {
  row: number;
  /** The consumer: an invocation, or "worker". Empty until known. */
  by: string;
}

interface Lease {
  by: string;
  endsAtMs: number;
}

/** What is known about an activation at one moment of its story, and the lines so far. */
export class Story {
  readonly read: ReadTrace;
  readonly activation: TracedActivation;
  readonly lines: StoryLine[] = [];
  readonly #places: CodePlaces;
  /** The index of the current event among the activation's events. */
  #at = -1;

  readonly deliveries: Delivery[] = [];
  /** Rows that are still in a queue, until when each is hidden, and what the story calls it. */
  readonly rows = new Map<number, { hiddenUntilMs: number; name: "message" | "copy" }>();
  /** The ticket's status in its last event. */
  status: string | undefined;
  lease: Lease | undefined;
  /** Callers whose condition failed. They read the reason next, which is already told. */
  readonly refused = new Set<string>();
  /** Invocations that ended in the middle. */
  readonly ended = new Set<string>();

  constructor(read: ReadTrace, activation: TracedActivation, places: CodePlaces) {
    this.read = read;
    this.activation = activation;
    this.#places = places;
  }

  goTo(event: TraceEvent): void {
    this.#at = this.activation.events.indexOf(event, this.#at + 1);
  }

  /** Adds a line about `event`. Names the code of the first of `decisions` that the chapter makes. */
  tell({ atMs }: { atMs: number }, text: string, ...among: Decision[]): void {
    const [code] = among.flatMap((decision) => this.#places[decision] ?? []);
    this.lines.push({ atMs: this.sinceStart(atMs), text, ...(code !== undefined && { code }) });
  }

  /** "12.4 s" */
  moment = (atMs: number): string => moment(this.sinceStart(atMs));

  sinceStart(atMs: number): number {
    return atMs - this.read.trace.header.startedAtMs;
  }

  get before(): readonly TraceEvent[] {
    return this.activation.events.slice(0, this.#at);
  }

  get after(): readonly TraceEvent[] {
    return this.activation.events.slice(this.#at + 1);
  }

  /** The caller as the subject of a sentence. `row` is more precise if one invocation has two copies. */
  subject(by: string, row?: number): string {
    if (by === "api" || by === "worker") {
      return by === "api" ? "The API" : "The worker";
    }
    const nths = this.deliveries.flatMap((delivery, at) =>
      delivery.by === by && (row ?? delivery.row) === delivery.row ? [ordinal(at + 1)] : [],
    );
    if (nths.length > 1) {
      return "One of these deliveries";
    }
    if (nths[0] !== undefined) {
      return this.#deliveriesInAll() > 1 ? `The ${nths[0]} delivery` : "The function";
    }
    return this.read.invocation(by) === undefined ? "Somebody" : "The function";
  }

  #deliveriesInAll(): number {
    return this.activation.events.filter(({ kind }) => kind === "delivered").length;
  }

  environment(pid: number): string {
    return `environment ${this.read.environmentNumber(pid)}`;
  }

  nameOf(row: number): "message" | "copy" {
    return this.rows.get(row)?.name ?? "message";
  }
}
