/** What each holds at the end of a minute, in bytes. */
export interface Held {
  minute: number;
  page: number;
  server: number;
  trace: number;
}

// Until then the caches and the trace fill up.
export const levelFromMinute = 2;
const looks = 2;

/**
 * The share by which each has grown from minute 2 to the last. Compares the smaller of the first two figures with the smaller of the
 * last two: what is going on at one moment only adds to a figure, and what is kept for good is in all of them.
 */
export function growthOf(held: readonly Held[]): { what: "page" | "server" | "trace"; share: number }[] {
  const counted = held.filter(({ minute }) => minute >= levelFromMinute);
  // With three figures or fewer, the two pairs would share one.
  const each = counted.length < 2 * looks ? 1 : looks;
  return (["page", "server", "trace"] as const).map((what) => {
    const bytes = counted.map((now) => now[what]);
    return { what, share: Math.min(...bytes.slice(-each)) / Math.min(...bytes.slice(0, each)) - 1 };
  });
}
