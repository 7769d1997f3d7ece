/** Calls `due` with the place of each moment when it has come, in order; ends early when `signal` says so. */
export async function inTime(
  momentsMs: readonly number[],
  signal: AbortSignal,
  due: (place: number) => void,
): Promise<void> {
  for (const [place, momentMs] of momentsMs.entries()) {
    for (;;) {
      if (signal.aborted) {
        return;
      }
      const leftMs = momentMs - performance.now();
      if (leftMs <= 0) {
        break;
      }
      await new Promise<void>((resolve) => {
        if (leftMs > 2) {
          setTimeout(resolve, Math.min(leftMs - 1.5, 200));
        } else {
          setImmediate(resolve);
        }
      });
    }
    due(place);
  }
}
