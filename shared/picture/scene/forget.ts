import { count } from "./scene.ts";
import type { ClockPoint, Scene } from "./scene.ts";

// As many as a wall of tickets shows, and as long as a clock shows, and as a copy, a retry or a call may still come.
const [mostKept, keptForMs] = [480, 60_000];

/**
 * Drops what is over for good, so that a scene that runs for hours doesn't grow. The counts still include it. Keeps what is still on
 * its way or in a queue.
 */
export function forget(scene: Scene): void {
  const { activations, devices, forgotten, places, atMs } = scene;
  const isRecent = (point: ClockPoint) => atMs - point.atMs <= keptForMs;
  scene.answered = scene.answered.filter(isRecent);
  scene.works = scene.works.filter(isRecent);
  for (const [macAddress, activation] of activations) {
    const { asked, fate, fateAtMs, at, eventId } = activation;
    const isShown = asked !== undefined && asked.place >= places - mostKept;
    const isHeld = [at.rows, at.asyncEvents, at.invocations].some((held) => held.length > 0);
    const isBusy = isHeld || (asked !== undefined && (fate === "onTheWay" || fate === "asking"));
    if (!isShown && !isBusy && atMs - fateAtMs > keptForMs) {
      count(forgotten, activation);
      activations.delete(macAddress);
      devices.delete(eventId ?? "");
    }
  }
}
