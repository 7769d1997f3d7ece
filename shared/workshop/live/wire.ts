// The messages between the live page and its server.
import type { Parts } from "#shared/picture/scene/parts.ts";

/** Every change needs this header: a foreign page can't send it without the server's permission. */
export const ownHeader = "x-take-a-ticket-live";

/** The keys of the terminal's screen that the page has as buttons. */
export const actions = {
  s: "Send",
  b: "Burst of 20",
  p: "Poison",
  o: "Outage 10 s",
  d: "Duplicates",
  k: "Kill",
  h: "Heal",
} as const;

export type ActionKey = keyof typeof actions;

/** The dials of the vendor, and of the customers who come by themselves. */
export interface Dials {
  medianMs: number;
  /** From 0 to 1. */
  failureRate: number;
  capacity: number;
  perSecond: number;
}

/** The range of each dial. */
export const dialRanges: Readonly<
  Record<keyof Dials, { label: string; max: number; min: number; step: number }>
> = {
  perSecond: { label: "customers a second", min: 0, max: 40, step: 1 },
  medianMs: { label: "vendor's delay, ms", min: 50, max: 2_500, step: 50 },
  failureRate: { label: "vendor fails, %", min: 0, max: 1, step: 0.05 },
  capacity: { label: "vendor's places", min: 1, max: 60, step: 1 },
};

/** One chapter of the live page, as the page begins. */
export interface LivePanel {
  /** "07 · One conditional write takes a lease" */
  title: string;
  /** "07" */
  number: string;
  parts: Parts;
  /** Why there is no trace to draw. */
  whyNone?: string;
}

/** What the page begins with. */
export interface LiveData {
  panels: readonly LivePanel[];
  dials: Dials;
}

/** What an action did in each chapter. */
export interface Done {
  lines: readonly (readonly string[])[];
}
