// The small changes that events consist of, and what they mean for an activation.
import { isAccepted } from "./scene.ts";
import type { Activation, Fate, Mark, Row, Scene } from "./scene.ts";

/** As long as a mark is drawn at the highest speed. */
export const marksLastMs = 8_000;
// As many points as a clock shows.
const mostPoints = 4_000;

/** The activation of a device; one that nobody was seen to ask for comes with the event that tells of it. */
export function activationOf(scene: Scene, macAddress: string, atMs: number): Activation {
  const known = scene.activations.get(macAddress);
  if (known !== undefined) {
    return known;
  }
  const activation: Activation = {
    macAddress,
    customer: macAddress,
    provisioned: 0,
    inMemory: false,
    rows: [],
    hands: 0,
    fate: "asking",
    fateAtMs: atMs,
  };
  scene.activations.set(macAddress, activation);
  return activation;
}

/** From now on it is known by this name, too. */
export function name(scene: Scene, activation: Activation, eventId: string): void {
  activation.eventId = eventId;
  scene.devices.set(eventId, activation.macAddress);
}

/** Whether its ticket says that nobody works on it any more. */
export const isOver = ({ ticket }: Activation) => ticket === "active" || ticket === "failed";

/** A message comes into a queue. */
export function addRow(
  scene: Scene,
  activation: Activation,
  row: Pick<Row, "row" | "hiddenUntilMs" | "hiddenFromMs"> & Partial<Row>,
): void {
  const { macAddress } = activation;
  scene.rows.set(row.row, { macAddress, isSetAside: false, isCopy: false, receiveCount: 0, ...row });
  activation.rows.push(row.row);
}

/** A message is gone; with the last one an activation may be lost. */
export function removeRow(scene: Scene, row: number, atMs: number): void {
  const activation = scene.activations.get(scene.rows.get(row)?.macAddress ?? "");
  scene.rows.delete(row);
  if (activation !== undefined) {
    activation.rows = activation.rows.filter((each) => each !== row);
    settle(scene, activation, atMs);
  }
}

/** It goes from one queue to the other, where it can be received at once. */
export function moveRow(scene: Scene, from: number, to: Pick<Row, "row"> & Partial<Row>, atMs: number): void {
  const found = scene.rows.get(from);
  const activation = scene.activations.get(found?.macAddress ?? "");
  if (found === undefined || activation === undefined) {
    return;
  }
  addRow(scene, activation, {
    isCopy: found.isCopy,
    receiveCount: found.receiveCount,
    hiddenUntilMs: atMs,
    hiddenFromMs: atMs,
    ...to,
  });
  removeRow(scene, from, atMs);
}

/** Takes the oldest message of an asynchronous invocation out of Lambda's own queue. */
export function takeAsyncRow(scene: Scene, invocation: string, then: (row: number) => void): void {
  const [row, ...others] = scene.asyncRows.get(invocation) ?? [];
  if (row === undefined) {
    return;
  }
  if (others.length > 0) {
    scene.asyncRows.set(invocation, others);
  } else {
    scene.asyncRows.delete(invocation);
  }
  then(row);
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

/** Remembers a moment for as long as it is shown. */
export function mark(scene: Scene, made: Mark): void {
  scene.marks = scene.marks.filter(({ atMs }) => atMs > made.atMs - marksLastMs);
  scene.marks.push(made);
}

/** The ledger's rule: works, else somebody has it or its message waits, else set aside, else given up, else lost. */
function fateOf(scene: Scene, activation: Activation): Fate {
  if (activation.worksAtMs !== undefined) {
    return isAccepted(activation) ? "works" : hasOpenRequest(scene, activation) ? "asking" : "error";
  }
  if (!isAccepted(activation)) {
    return hasOpenRequest(scene, activation) ? "asking" : "error";
  }
  const rows = activation.rows.flatMap((row) => scene.rows.get(row) ?? []);
  if (activation.inMemory || activation.hands > 0 || rows.some(({ isSetAside }) => !isSetAside)) {
    return "onTheWay";
  }
  return rows.length > 0 ? "setAside" : activation.ticket === "failed" ? "gaveUp" : "lost";
}

function hasOpenRequest({ requests }: Scene, { macAddress }: Activation): boolean {
  for (const open of requests.values()) {
    if (open.macAddress === macAddress) {
      return true;
    }
  }
  return false;
}

/** Works out anew what has become of it. */
export function settle(scene: Scene, activation: Activation, atMs: number): void {
  const fate = fateOf(scene, activation);
  if (fate !== activation.fate) {
    activation.fate = fate;
    activation.fateAtMs = atMs;
    if (fate === "lost") {
      mark(scene, { kind: "lost", atMs, macAddress: activation.macAddress });
    }
  }
}
