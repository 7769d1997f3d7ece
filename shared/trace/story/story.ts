import type { TraceEvent } from "#shared/trace.ts";
import { moment, ordinal } from "#shared/words.ts";
import type { ReadTrace, TracedActivation } from "../activations.ts";
import type { ByKind } from "../by-kind.ts";
import type { CodePlace, CodePlaces, Decision } from "../decisions.ts";

/** How the events of one station are told. */
export type Tellers = ByKind<Story>;

/** One moment of an activation's life. `atMs` counts from the trace's start, as all times do that are shown. */
export interface StoryLine {
  atMs: number;
  text: string;
  /** The line that decided it, where it was the chapter's own code. */
  code?: CodePlace;
}

/** A time at which SQS handed a row of the activation to somebody. */
interface Delivery {
  row: number;
  /** Who has it: an invocation, or "worker"; empty until it is known. */
  by: string;
}

interface Lease {
  by: string;
  endsAtMs: number;
}

/** What is known of an activation at one moment of its story, and the lines that are told so far. */
export class Story {
  readonly read: ReadTrace;
  readonly activation: TracedActivation;
  readonly lines: StoryLine[] = [];
  readonly #places: CodePlaces;
  /** The place of the event that is told, in the activation's events. */
  #at = -1;

  readonly deliveries: Delivery[] = [];
  /** Rows that a queue still has, until when each is hidden, and what the story calls it. */
  readonly rows = new Map<number, { hiddenUntilMs: number; name: "message" | "copy" }>();
  /** What the last event about the ticket says of it. */
  status: string | undefined;
  lease: Lease | undefined;
  /** Whose condition did not hold: it reads next why, and that is told already. */
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

  /** Adds a line about `event`, and names the code of the first of `decisions` that the chapter takes. */
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

  /** Who asked, as the subject of a sentence; `row` says it better where one invocation has two copies. */
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
