import type { Scales } from "./picture.ts";
import { fontFamily, sizes } from "./theme.ts";
import type { Theme } from "./theme.ts";

type Scale = NonNullable<Scales[string]>;

interface TickedAxis {
  type: "linear" | "logarithmic";
  min: number;
  max: number;
  at: readonly number[];
  label: (value: number) => string;
  /** Words along the axis. */
  title?: string;
}

/** An axis with ticks and grid lines at these values and nowhere else. */
export function tickedAxis(theme: Theme, { type, min, max, at, label, title = "" }: TickedAxis): Scale {
  const font = { family: fontFamily, size: sizes.note };
  return {
    type,
    min,
    max,
    border: { display: false },
    grid: { color: theme.grid, drawTicks: false, lineWidth: 2 },
    title: { display: title !== "", text: title, color: theme.quiet, font },
    afterBuildTicks: (axis) => {
      axis.ticks = at.filter((value) => value >= min && value <= max).map((value) => ({ value }));
    },
    ticks: {
      color: theme.quiet,
      padding: 14,
      font,
      maxRotation: 0,
      autoSkip: false,
      callback: (value) => label(Number(value)),
    },
  };
}

/** The axis of one panel of several, which stand side by side. */
export const panelAxis = (axis: Scale): Scale => ({
  ...axis,
  axis: "x",
  position: "bottom",
  stack: "panels",
});

/** A logarithmic axis in milliseconds, with a tick at every power of ten: 1 ms, 10 ms, 1 s. */
export function logAxis(theme: Theme, { minMs, maxMs }: { minMs: number; maxMs: number }): Scale {
  return tickedAxis(theme, {
    type: "logarithmic",
    min: minMs,
    max: maxMs,
    at: [1, 10, 100, 1_000, 10_000, 100_000],
    label: (ms) => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`),
  });
}

/** An invisible axis, for pictures that draw their own rows or columns. */
export function placesAxis(count: number, reverse = false): Scale {
  return { type: "linear", min: 0, max: Math.max(count, 1), reverse, display: false };
}
