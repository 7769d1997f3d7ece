import * as z from "zod";
import { ledgerSchema, ledgerSummarySchema } from "./ledger.ts";
import type { LedgerSummary, VendorLedger } from "./ledger.ts";
import { weatherSchema } from "./weather.ts";
import type { Weather } from "./weather.ts";

export interface VendorControl {
  weather: () => Promise<Weather>;
  /** Changes only the given properties. Rejects, and changes nothing, if they are not valid. */
  setWeather: (change: Partial<Weather>) => Promise<Weather>;
  ledger: () => Promise<VendorLedger>;
  summary: () => Promise<LedgerSummary>;
  /** Devices with a call that has begun and not ended. */
  openCalls: () => Promise<string[]>;
  /** Empties the ledger of the vendor on AWS, which outlives its runs. A process begins with an empty one. */
  forget: () => Promise<unknown>;
}

// The ledger of a long run is a few megabytes.
const timeoutMs = 10_000;

/** Reads and changes a running vendor simulator. The one on AWS requires its key. */
export function vendorControl(url: string, key?: string): VendorControl {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const ask = async <Schema extends z.ZodType>(path: string, schema: Schema, init: RequestInit = {}) => {
    const response = await fetch(new URL(path, url), {
      ...init,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await response.text();
    if (!response.ok) {
      throw new Error(`The vendor simulator answered ${response.status} to ${path}: ${body.slice(0, 300)}`);
    }
    return schema.parse(JSON.parse(body));
  };

  return {
    weather: () => ask("/weather", weatherSchema),
    setWeather: (change) => ask("/weather", weatherSchema, { method: "PATCH", body: JSON.stringify(change) }),
    ledger: () => ask("/ledger", ledgerSchema),
    summary: () => ask("/ledger/summary", ledgerSummarySchema),
    openCalls: async () => (await ask("/ledger/open", z.object({ open: z.array(z.string()) }))).open,
    forget: () => ask("/ledger", z.unknown(), { method: "DELETE" }),
  };
}
