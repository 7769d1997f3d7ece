import * as z from "zod";

const outcome = z.enum([
  "provisioned",
  // The same key was running or had succeeded: no second provisioning.
  "joined",
  "remembered",
  "failed",
  // 429: the line was full, or the weather says so.
  "refused",
  "outage",
  // Never answered. It ended because the caller left.
  "hung",
  // Provisioned, but the connection was cut instead of an answer.
  "disconnected",
  // The caller left while the call was still in line, before any work began.
  "left",
]);

export const ledgerCallSchema = z.object({
  macAddress: z.string(),
  idempotencyKey: z.string().optional(),
  /** When the work began, after the line. For a call without work: when it came. */
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  outcome: outcome.optional(),
});

/** Evidence of everything that the vendor was asked for and did. */
export const ledgerSchema = z.object({
  calls: z.array(ledgerCallSchema),
  /** How often each device was provisioned. */
  provisionings: z.record(z.string(), z.number()),
  /** Devices with a call that has begun and not ended. */
  open: z.array(z.string()),
});

/** The same as counts. `doubled` counts devices, `inLine` calls that have not begun. */
export const ledgerSummarySchema = z.object({
  calls: z.number(),
  provisioned: z.number(),
  doubled: z.number(),
  open: z.number(),
  inLine: z.number(),
});

export type Outcome = z.infer<typeof outcome>;
export type LedgerCall = z.infer<typeof ledgerCallSchema>;
export type VendorLedger = z.infer<typeof ledgerSchema>;
export type LedgerSummary = z.infer<typeof ledgerSummarySchema>;

/** Whether the vendor has done its work, whatever the caller was told. */
export const hasProvisioned = (outcome: Outcome | undefined): boolean =>
  outcome === "provisioned" || outcome === "disconnected";

/** Counts devices, given how often each was provisioned. */
export const countDevices = (provisionings: readonly number[]) => ({
  provisioned: provisionings.reduce((sum, count) => sum + count, 0),
  doubled: provisionings.filter((count) => count > 1).length,
});

// Counts stay exact beyond it. Only the details of the oldest calls are dropped.
const maxCallsKept = 100_000;

/** Records what happens at the vendor's counter. */
export class Ledger {
  #calls: LedgerCall[] = [];
  #callCount = 0;
  readonly #open = new Set<LedgerCall>();
  readonly #provisionings = new Map<string, number>();

  begin(macAddress: string, idempotencyKey: string | undefined): LedgerCall {
    const call = {
      macAddress,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      startedAtMs: Date.now(),
    };
    this.#callCount += 1;
    this.#calls.push(call);
    if (this.#calls.length > maxCallsKept * 1.1) {
      this.#calls = this.#calls.slice(-maxCallsKept);
    }
    this.#open.add(call);
    return call;
  }

  end(call: LedgerCall, how: Outcome): void {
    call.endedAtMs = Date.now();
    call.outcome = how;
    this.#open.delete(call);
    if (hasProvisioned(how)) {
      this.#provisionings.set(call.macAddress, (this.#provisionings.get(call.macAddress) ?? 0) + 1);
    }
  }

  open(): string[] {
    return [...new Set([...this.#open].map(({ macAddress }) => macAddress))];
  }

  read(): VendorLedger {
    return { calls: this.#calls, provisionings: Object.fromEntries(this.#provisionings), open: this.open() };
  }

  summary(inLine: number): LedgerSummary {
    const provisionings = [...this.#provisionings.values()];
    return { calls: this.#callCount, ...countDevices(provisionings), open: this.#open.size, inLine };
  }
}
