// The small changes that events consist of.
import type { TraceEvent } from "#shared/trace.ts";
import { fateOf, noteWhereabouts, nowhere } from "#shared/tracing/whereabouts.ts";
import type { TracedFate } from "#shared/tracing/whereabouts.ts";
import type { Activation, Fate, Mark, Row, Scene } from "./scene.ts";

/** As long as a mark is drawn at the highest speed. */
export const marksLastMs = 8_000;
// As many points as a clock shows.
const mostPoints = 4_000;

/** The activation of a device. If the trace has no request for it, the first event about it creates it. */
export function activationOf(scene: Scene, macAddress: string, atMs: number): Activation {
  const known = scene.activations.get(macAddress);
  if (known !== undefined) {
    return known;
  }
  const activation: Activation = {
    macAddress,
    customer: macAddress,
    provisioned: 0,
    at: nowhere(),
    fate: "asking",
    fateAtMs: atMs,
  };
  scene.activations.set(macAddress, activation);
  return activation;
}

/** From now on it is known by this name too. */
export function name(scene: Scene, activation: Activation, eventId: string): void {
  activation.eventId = eventId;
  scene.devices.set(eventId, activation.macAddress);
}

/** The activation of a message; undefined if its row is not known. */
export const activationOfRow = (scene: Scene, row: number): Activation | undefined =>
  scene.activations.get(scene.rows.get(row)?.macAddress ?? "");

/** A message enters a queue. */
export function addRow(
  scene: Scene,
  { macAddress }: { macAddress: string },
  row: Pick<Row, "row" | "hiddenUntilMs" | "hiddenFromMs"> & Partial<Row>,
): void {
  scene.rows.set(row.row, { macAddress, isSetAside: false, isCopy: false, receiveCount: 0, ...row });
}

/** It moves from one queue to the other, where it can be received at once. */
export function moveRow(scene: Scene, from: number, to: Pick<Row, "row"> & Partial<Row>, atMs: number): void {
  const found = scene.rows.get(from);
  if (found === undefined) {
    return;
  }
  const { isCopy, receiveCount } = found;
  addRow(scene, found, { isCopy, receiveCount, hiddenUntilMs: atMs, hiddenFromMs: atMs, ...to });
  scene.rows.delete(from);
}

/** Takes the oldest message of an asynchronous invocation, if there is one, out of Lambda's internal queue. */
export function takeAsyncRow(scene: Scene, invocation: string): void {
  const [row, ...others] = scene.asyncRows.get(invocation) ?? [];
  if (others.length > 0) {
    scene.asyncRows.set(invocation, others);
  } else {
    scene.asyncRows.delete(invocation);
  }
  if (row !== undefined) {
    scene.rows.delete(row);
  }
}

/** No consumer sees it until then. */
export function hide(scene: Scene, row: Row, hiddenUntilMs: number, atMs: number): void {
  row.hiddenUntilMs = hiddenUntilMs - scene.startedAtMs;
  row.hiddenFromMs = atMs;
}

/** Adds a point to a clock. */
export function point(points: Scene["works"], atMs: number, tookMs: number): void {
  points.push({ atMs, tookMs });
  if (points.length > mostPoints) {
    points.splice(0, points.length - mostPoints / 2);
  }
}

/** Remembers a moment as long as it is shown. */
export function mark(scene: Scene, made: Mark): void {
  scene.marks = scene.marks.filter(({ atMs }) => atMs > made.atMs - marksLastMs);
  scene.marks.push(made);
}

/** Follows an activation by an event about it, and updates its fate. */
export function note(
  scene: Scene,
  activation: Activation | undefined,
  event: TraceEvent,
  atMs: number,
): void {
  if (activation === undefined) {
    return;
  }
  noteWhereabouts(activation.at, event, scene.deadLetterQueue);
  const fate = fateNow(activation);
  if (fate !== activation.fate) {
    activation.fate = fate;
    activation.fateAtMs = atMs;
    if (fate === "lost") {
      mark(scene, { kind: "lost", atMs, macAddress: activation.macAddress });
    }
  }
}

const fateWords: Record<TracedFate, Fate> = {
  activated: "works",
  waiting: "onTheWay",
  deadLettered: "setAside",
  gaveUp: "gaveUp",
  lost: "lost",
  unknown: "lost",
  refused: "error",
};

/** Without a promise the customer still waits for an answer, or got an error. */
const fateNow = ({ at }: Activation): Fate =>
  at.isAccepted ? fateWords[fateOf(at, false)] : at.requests.length > 0 ? "asking" : "error";
