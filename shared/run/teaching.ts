import type { ChapterParts } from "./chapters.ts";
import type { Store } from "./chapter-processes.ts";

/** In place of the 60 and 120 s that Lambda waits before its retries: a minute is a second here. */
export const teachingRetryDelaysSeconds = [1, 2];

/** Of the last chapter, whose defaults are for a real account; as 07 has them in its code. */
export const teachingTimes = {
  VisibilityTimeoutSeconds: "6",
  FunctionTimeoutSeconds: "4",
  VendorTimeoutSeconds: "3",
  RetryDelaysSeconds: "1,1,2,2",
};

// Everything listens on this machine only, and the simulator asks for no key.
const localKeys = { ApiKey: "only-on-this-machine-api", VendorKey: "only-on-this-machine-vendor" };

/** The template's defaults are right for AWS; a workshop can't wait 24 s to see a message come back. */
export function teachingParameters(
  { parameters }: ChapterParts,
  { vendorUrl, store }: { vendorUrl: string; store: Store | undefined },
): Record<string, string> {
  const ours = { ...teachingTimes, ...localKeys, VendorUrl: vendorUrl, ...store?.parameters };
  return Object.fromEntries(Object.entries(ours).filter(([name]) => parameters.includes(name)));
}
