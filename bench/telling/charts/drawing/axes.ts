import type { Scales } from "./picture.ts";
import { fontFamily, sizes } from "./theme.ts";
import type { Theme } from "./theme.ts";

type Scale = NonNullable<Scales[string]>;

/** A logarithmic axis in milliseconds, with a tick at every power of ten and nowhere else. */
export function logAxis(theme: Theme, { minMs, maxMs }: { minMs: number; maxMs: number }): Scale {
  const decades = [1, 10, 100, 1_000, 10_000, 100_000].filter((ms) => ms >= minMs && ms <= maxMs);
  return {
    type: "logarithmic",
    min: minMs,
    max: maxMs,
    border: { display: false },
    grid: { color: theme.grid, drawTicks: false, lineWidth: 2 },
    afterBuildTicks: (axis) => {
      axis.ticks = decades.map((value) => ({ value }));
    },
    ticks: {
      color: theme.quiet,
      padding: 14,
      font: { family: fontFamily, size: sizes.note },
      maxRotation: 0,
      autoSkip: false,
      callback: (value) => decadeLabel(Number(value)),
    },
  };
}

/** As people say it: 1 ms, 10 ms, 1 s. */
function decadeLabel(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

/** For what draws its own rows or columns: places, but nothing visible. */
export function placesAxis(count: number, reverse = false): Scale {
  return { type: "linear", min: 0, max: Math.max(count, 1), reverse, display: false };
}
