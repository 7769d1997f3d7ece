import type { Trace, TraceEvent } from "#shared/trace.ts";
import { apply } from "./apply.ts";
import { countsOf, emptyScene } from "./scene.ts";
import type { Scene } from "./scene.ts";

/** A named moment on the scrubber. */
export interface Bookmark {
  atMs: number;
  text: string;
  /** Undefined if it concerns the whole chapter. */
  macAddress?: string;
}

/** A trace that can be viewed at any moment. Times are in milliseconds from its beginning. */
export interface Timeline {
  trace: Trace;
  /** The time of the last event. */
  endMs: number;
  /** The scene after all events up to this moment. It is one object that keeps changing: don't store it. */
  at: (atMs: number) => Scene;
  /** The time of the next event after this moment, or the previous one. With a device, only of its events. */
  next: (atMs: number, macAddress?: string) => number | undefined;
  previous: (atMs: number, macAddress?: string) => number | undefined;
  bookmarks: readonly Bookmark[];
  /** The number of requests in each of `parts` equal parts of the time. */
  arrivals: (parts: number, endMs: number) => number[];
  /** The scene at the end. */
  last: Scene;
}

// Going back means going forward from a copy, by at most this many events, which take about a millisecond.
const checkpointEvery = 500;

export function createTimeline(trace: Trace): Timeline {
  const { header, events } = trace;
  const momentOf = (event: TraceEvent) => event.atMs - header.startedAtMs;
  const checkpoints: { after: number; scene: Scene }[] = [{ after: 0, scene: emptyScene(header) }];
  const last = emptyScene(header);
  const touched = new Map<string, number[]>();
  for (const [at, event] of events.entries()) {
    for (const macAddress of devicesOf(last, event)) {
      touched.set(macAddress, [...(touched.get(macAddress) ?? []), momentOf(event)]);
    }
    apply(last, event);
    if ((at + 1) % checkpointEvery === 0) {
      checkpoints.push({ after: at + 1, scene: structuredClone(last) });
    }
  }
  const moments = events.map(momentOf);
  let [scene, after] = [emptyScene(header), 0];

  const at = (atMs: number): Scene => {
    const wanted = countUpTo(moments, atMs);
    const nearest = checkpoints[Math.min(Math.floor(wanted / checkpointEvery), checkpoints.length - 1)];
    if (nearest !== undefined && (wanted < after || nearest.after > after)) {
      [scene, after] = [structuredClone(nearest.scene), nearest.after];
    }
    for (; after < wanted; after += 1) {
      apply(scene, events[after] as TraceEvent);
    }
    return scene;
  };
  const momentsOf = (macAddress?: string) =>
    macAddress === undefined ? moments : (touched.get(macAddress) ?? []);

  return {
    trace,
    endMs: moments.at(-1) ?? 0,
    at,
    next: (atMs, macAddress) => momentsOf(macAddress)[countUpTo(momentsOf(macAddress), atMs)],
    previous: (atMs, macAddress) => momentsOf(macAddress).findLast((moment) => moment < atMs),
    bookmarks: bookmarksOf(trace, last),
    arrivals: (parts, endMs) => arrivalsOf(trace, parts, endMs),
    last,
  };
}

/** How many of the sorted moments are not after this one. */
function countUpTo(moments: readonly number[], atMs: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? 0) <= atMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The devices that an event concerns, as far as the scene before it knows. */
function devicesOf(scene: Scene, event: TraceEvent): string[] {
  if ("macAddress" in event) {
    return [event.macAddress];
  }
  const known =
    "eventId" in event && event.eventId !== undefined
      ? scene.devices.get(event.eventId)
      : "request" in event
        ? scene.requests.get(event.request)?.macAddress
        : "call" in event
          ? scene.calls.get(event.call)?.macAddress
          : "row" in event
            ? scene.rows.get(event.row)?.macAddress
            : undefined;
  if (known !== undefined) {
    return [known];
  }
  if (event.kind === "invoked") {
    return event.rows.flatMap((row) => scene.rows.get(row)?.macAddress ?? []);
  }
  return event.kind === "returned" ? (scene.invocations.get(event.invocation)?.macAddresses ?? []) : [];
}

/** Each kill, outage and redrive; the first device that was provisioned twice; the first activation that was finally lost. */
function bookmarksOf({ header, events }: Trace, last: Scene): Bookmark[] {
  const scene = emptyScene(header);
  const found: Bookmark[] = [];
  let isTwice = false;
  let redrivenAtMs = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    const before = scene.vendor.outage;
    apply(scene, event);
    const atMs = event.atMs - header.startedAtMs;
    if (event.kind === "killed" && event.target !== "function") {
      found.push({ atMs, text: `kill ${event.target === "api" ? "API" : event.target}` });
    } else if (event.kind === "environmentEnded" && event.why === "killed") {
      found.push({ atMs, text: "kill function" });
    } else if (scene.vendor.outage !== before) {
      found.push({ atMs, text: before ? "vendor up" : "vendor down" });
    } else if (event.kind === "redriven") {
      // A redrive moves many messages, one after the other.
      if (atMs > redrivenAtMs + sameRedriveMs) {
        found.push({ atMs, text: "redrive" });
      }
      redrivenAtMs = atMs;
    } else if (event.kind === "callEnded" && !isTwice) {
      const twice = scene.marks.findLast(({ kind }) => kind === "twice");
      if (twice?.macAddress !== undefined) {
        isTwice = true;
        found.push({ atMs, text: "first twice", macAddress: twice.macAddress });
      }
    }
  }
  const lost = isWhole(header.dropped)
    ? [...last.activations.values()].filter(({ fate }) => fate === "lost")
    : [];
  const [first] = lost.toSorted((left, right) => left.fateAtMs - right.fateAtMs);
  if (first !== undefined) {
    found.push({ atMs: first.fateAtMs, text: "first loss", macAddress: first.macAddress });
  }
  return found.toSorted((left, right) => left.atMs - right.atMs);
}

const sameRedriveMs = 3_000;

/** Whether no event was dropped: with one missing nothing may be called lost. */
export const isWhole = (dropped: Trace["header"]["dropped"]): boolean =>
  Object.values(dropped).every((count) => count === 0);

function arrivalsOf({ header, events }: Trace, parts: number, endMs: number): number[] {
  const counts = Array.from({ length: parts }, () => 0);
  for (const event of events) {
    if (event.kind === "asked") {
      const part = Math.floor(((event.atMs - header.startedAtMs) / Math.max(endMs, 1)) * parts);
      counts[Math.min(Math.max(part, 0), parts - 1)]! += 1;
    }
  }
  return counts;
}

/** One line for readers who can't see the picture, and for screen readers. Without `isWhole` nothing is called lost. */
export function spokenCounts(scene: Scene, isWhole: boolean): string {
  const { accepted, works, onTheWay, twice, lost, gaveUp, setAside, error } = countsOf(scene);
  const more = [
    [twice, "twice"],
    [isWhole ? lost : 0, "lost"],
    [gaveUp, "given up"],
    [setAside, "set aside"],
    [error, "errors"],
  ] as const;
  const parts = more.flatMap(([amount, name]) => (amount > 0 ? [`${amount} ${name}`] : []));
  return [`${accepted} accepted`, `${works} work`, `${onTheWay} on the way`, ...parts].join(", ");
}
