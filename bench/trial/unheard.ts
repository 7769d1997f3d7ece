import type { Kill } from "#shared/results.ts";
import type { VendorLedger } from "#shared/vendor-simulator/ledger.ts";

// Callers give up after 3 s (shared/vendor.ts), but the vendor's clock is another process's.
const callersWaitMs = 2_900;
// BatchSize in every template: as many messages were in work when an invocation timed out.
const messagesOfInvocation = 4;

interface Attempts {
  kills: readonly Kill[];
  vendor: Pick<VendorLedger, "calls">;
  /** Invocations that timed out. */
  timeouts: number;
}

/**
 * The number of attempts whose end no one saw or recorded, so that the vendor may have provisioned what the next attempt requests
 * again: what a killed environment was working on, whether its call was still open or its ticket not yet written; what an invocation
 * that timed out was working on; and calls that outlasted their callers. No lock helps against these.
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
