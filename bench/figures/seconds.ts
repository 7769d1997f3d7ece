import type { CustomerDay, Second } from "#shared/results.ts";
import { quantiles } from "./statistics.ts";

/** What each second brought, from the first customer to the end. */
export function secondsFrom(
  customers: readonly CustomerDay[],
  vendorCallsAtMs: readonly number[],
  endMs: number,
): Second[] {
  const inSecond = (ms: number | null, second: number) => ms !== null && Math.floor(ms / 1_000) === second;
  return Array.from({ length: Math.ceil(endMs / 1_000) }, (_, atSecond) => {
    const came = customers.filter(({ startMs }) => inSecond(startMs, atSecond));
    const answered = came.filter(({ outcome }) => outcome === "accepted" || outcome === "repeated");
    const finishedMs = answered.flatMap(({ startMs, answeredMs }) =>
      answeredMs === null ? [] : [answeredMs - startMs],
    );
    const { p50Ms, maxMs } = quantiles({ finishedMs, never: came.length - finishedMs.length });
    return {
      atSecond,
      arrivals: came.length,
      errors: came.length - finishedMs.length,
      responseP50Ms: rounded(p50Ms),
      responseMaxMs: rounded(maxMs),
      activated: customers.filter(({ activeMs }) => inSecond(activeMs, atSecond)).length,
      vendorCalls: vendorCallsAtMs.filter((ms) => inSecond(ms, atSecond)).length,
    };
  });
}

const rounded = (ms: number | null) => (ms === null ? null : Math.round(ms * 100) / 100);
