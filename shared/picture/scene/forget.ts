import { count } from "./scene.ts";
import type { Scene } from "./scene.ts";

// As many as a wall of tickets shows, and as long as a copy, a retry or a call may still come.
const [mostKept, keptForMs] = [480, 60_000];

/**
 * Drops what is over for good, so that a scene that runs for hours doesn't grow. The counts still include it. Keeps what is still on
 * its way or in a queue.
 */
export function forget(scene: Scene): void {
  const { activations, devices, forgotten, places, atMs } = scene;
  for (const [macAddress, activation] of activations) {
    const { asked, fate, fateAtMs, rows, hands, eventId } = activation;
    const isShown = asked !== undefined && asked.place >= places - mostKept;
    const isBusy =
      rows.length > 0 || hands > 0 || (asked !== undefined && (fate === "onTheWay" || fate === "asking"));
    if (!isShown && !isBusy && atMs - fateAtMs > keptForMs) {
      count(forgotten, activation);
      activations.delete(macAddress);
      devices.delete(eventId ?? "");
    }
  }
}
