import type { ChapterParts } from "./chapters.ts";
import type { Store } from "./store.ts";

/** In place of the 60 and 120 s that Lambda waits before its retries: a minute is a second here. */
export const teachingRetryDelaysSeconds = [1, 2];

/** The template's defaults are right for AWS; a workshop can't wait 24 s to see a message come back. */
export function teachingParameters(
  { parameters }: ChapterParts,
  { vendorUrl, store }: { vendorUrl: string; store: Store | undefined },
): Record<string, string> {
  const ours = { VisibilityTimeoutSeconds: "6", VendorUrl: vendorUrl, ...store?.parameters };
  return Object.fromEntries(Object.entries(ours).filter(([name]) => parameters.includes(name)));
}
