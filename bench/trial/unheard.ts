import type { Kill } from "#shared/results.ts";
import type { VendorLedger } from "#shared/vendor-simulator/ledger.ts";

// A call is given up after 3 s (shared/vendor.ts); the vendor's clock is another process's.
const callersWaitMs = 2_900;
// BatchSize in every template: so many messages were in work when an invocation ran out of time.
const messagesOfInvocation = 4;

interface Attempts {
  kills: readonly Kill[];
  vendor: Pick<VendorLedger, "calls">;
  /** Invocations that ran out of time. */
  timeouts: number;
}

/**
 * How many attempts there were of which nobody heard or wrote down the end, so that the vendor may have provisioned what the next attempt
 * asks for again: what a killed environment had in hand, whether its call was still open or its ticket not yet written; what an
 * invocation had in hand whose time was over; and calls that outlasted who waited for them. No lock helps against these.
 */
export function unheardAttempts({ kills, vendor, timeouts }: Attempts): number {
  const inHand = kills
    .filter(({ target }) => target === "function")
    .flatMap(({ inHand: devices, openCalls }) => devices ?? openCalls);
  const outlasting = vendor.calls.filter(
    ({ startedAtMs, endedAtMs = Infinity }) => endedAtMs - startedAtMs > callersWaitMs,
  );
  return inHand.length + outlasting.length + timeouts * messagesOfInvocation;
}
