import type { ReadTrace, TracedActivation } from "#shared/tracing/activations.ts";
import { byKind } from "#shared/tracing/by-kind.ts";
import type { ByKind } from "#shared/tracing/by-kind.ts";

/** Where an activation is drawn. Each of the function's environments has a column. */
export type Station =
  | { name: "api" | "queue" | "works" | "aside" | "gaveUp" | "lost" | "error" }
  | { name: "function"; environment: number };

/** When an activation arrives somewhere. It stays until its next stay begins. */
interface Stay {
  station: Station;
  /** From the trace's start. */
  fromMs: number;
}

export interface Journey {
  askedMs: number;
  stays: Stay[];
  isTwice: boolean;
}

/** The kill that the picture shows. */
interface Kill {
  atMs: number;
  /** Undefined: it was the API. */
  environment?: number;
  inHand: number;
  /** When the work on the first of them began again for good. */
  backAtMs?: number | undefined;
}

export interface Journeys {
  chapter: string;
  journeys: Journey[];
  kill: Kill | undefined;
  /** When the last activation reached its final place, from the trace's start. */
  endMs: number;
}

/** Where each activation of a trace was, from its request to its end. */
export function journeysOf(read: ReadTrace): Journeys {
  const { startedAtMs, chapter } = read.trace.header;
  const asked = read.activations.filter(({ askedAtMs }) => askedAtMs !== undefined);
  const journeys = asked.map((activation): Journey => {
    const stays = staysOf(activation).map(({ station, fromMs }) => ({
      station,
      fromMs: fromMs - startedAtMs,
    }));
    return {
      askedMs: (activation.askedAtMs ?? 0) - startedAtMs,
      stays,
      isTwice: activation.provisionedCount > 1,
    };
  });
  const kill = killOf(read);
  const ends = journeys.map(({ stays }) => stays.at(-1)?.fromMs ?? 0);
  return {
    chapter,
    journeys,
    kill: kill && { ...kill, backAtMs: backAfter(kill, journeys) },
    endMs: Math.max(0, ...ends),
  };
}

function staysOf(activation: TracedActivation): Stay[] {
  const stays: Stay[] = [];
  const at: Walk = { running: new Map(), wasQueued: false, isAside: false };
  for (const event of activation.events) {
    const station = byKind(stationAfter, at, event);
    const last = stays.at(-1)?.station;
    // Copies of its message are not shown after the device works.
    if (station !== undefined && last?.name !== "works" && JSON.stringify(last) !== JSON.stringify(station)) {
      stays.push({ station, fromMs: event.atMs });
    }
  }
  const last = activation.events.at(-1);
  const end = endOf(activation);
  if (last !== undefined && end !== undefined) {
    const killed = activation.events.findLast(({ kind }) => kind === "killed");
    stays.push({ station: end, fromMs: (killed ?? last).atMs });
  }
  return stays;
}

interface Walk {
  /** The environments that work on it, by invocation. */
  running: Map<string, number>;
  wasQueued: boolean;
  /** SQS sets a message aside before the function that failed with it has returned. */
  isAside: boolean;
}

const queued = (walk: Walk): Station => {
  walk.wasQueued = true;
  walk.isAside = false;
  return { name: "queue" };
};

function putAside(walk: Walk): Station {
  walk.isAside = true;
  return { name: "aside" };
}

/** With two copies, it is where the work on the first one is. */
const whereItIs = ({ running, isAside }: Walk): Station => {
  const [environment] = running.values();
  if (isAside) {
    return { name: "aside" };
  }
  return environment === undefined ? { name: "queue" } : { name: "function", environment };
};

const stationAfter: ByKind<Walk, Station | undefined> = {
  asked: () => ({ name: "api" }),
  sent: queued,
  redriven: queued,
  asyncAccepted: queued,
  invoked: (walk, { invocation, environment }) => {
    walk.running.set(invocation, environment);
    return whereItIs(walk);
  },
  returned: (walk, { invocation }) => {
    walk.running.delete(invocation);
    return whereItIs(walk);
  },
  environmentEnded: (walk, { environment }) => {
    for (const [invocation, where] of walk.running) {
      if (where === environment) {
        walk.running.delete(invocation);
      }
    }
    return whereItIs(walk);
  },
  setAside: putAside,
  asyncDiscarded: putAside,
  written: (walk, { status }) =>
    status === "active"
      ? { name: "works" }
      : status === "failed" && !walk.wasQueued
        ? { name: "gaveUp" }
        : undefined,
};

/** What no event says: there is none for a loss. */
function endOf({ fate }: TracedActivation): Station | undefined {
  return fate === "lost" ? { name: "lost" } : fate === "refused" ? { name: "error" } : undefined;
}

/** The first kill of what does the work: if possible, of a function's environment with messages. */
function killOf(read: ReadTrace): Kill | undefined {
  const { events, header } = read.trace;
  for (const event of events) {
    if (event.kind === "environmentEnded" && event.why === "killed") {
      const inHand = read.about(event).length;
      return { atMs: event.atMs - header.startedAtMs, environment: event.environment, inHand };
    }
    if (event.kind === "killed" && event.target !== "function") {
      return { atMs: event.atMs - header.startedAtMs, inHand: read.about(event).length };
    }
  }
  return undefined;
}

function backAfter({ atMs, environment }: Kill, journeys: readonly Journey[]): number | undefined {
  const backs = journeys.flatMap(({ stays }) => {
    const at = stays.findLastIndex(
      ({ station, fromMs }) =>
        station.name === "function" && station.environment === environment && fromMs < atMs,
    );
    const isKilled = at !== -1 && (stays[at + 1]?.fromMs ?? 0) >= atMs;
    // A copy may be delivered earlier and find the lease held: the last one does the work.
    const last = isKilled
      ? stays.slice(at + 1).findLast(({ station }) => station.name === "function")
      : undefined;
    return last === undefined ? [] : [last];
  });
  return backs.length === 0 ? undefined : Math.min(...backs.map(({ fromMs }) => fromMs));
}
