import { startLocalAws } from "#shared/local-aws/start.ts";
import type { ChapterParts } from "./chapters.ts";
import type { SomeAws } from "./elsewhere.ts";
import type { ChapterOptions } from "./start-chapter.ts";
import { teachingRetryDelaysSeconds } from "./teaching.ts";

/** The embedded AWS, or another emulator with what the template asks for. */
export async function startAws(
  options: ChapterOptions,
  {
    parts,
    vendorUrl,
    parameters,
  }: { parts: ChapterParts; vendorUrl: string; parameters: Record<string, string> },
): Promise<SomeAws> {
  const { templateFile } = parts;
  const { environment = {}, consumers = true, maximumConcurrency, onLine = () => {} } = options;
  if (options.endpoints) {
    // Loaded only now: it takes the SDK, for which every other start would wait.
    const { startElsewhere } = await import("./elsewhere.ts");
    return await startElsewhere({ ...options.endpoints, templateFile, parameters });
  }
  // Where the template names a vendor that is there on AWS only, its functions ask this one.
  const vendor = parts.parameters.includes("VendorUrl") ? {} : { VENDOR_URL: vendorUrl };
  return await startLocalAws({
    templateFile,
    parameters,
    environment: { ...vendor, ...environment },
    consumers,
    ...(parts.hasInvokedFunction && { asyncRetryDelaysSeconds: teachingRetryDelaysSeconds }),
    ...(maximumConcurrency !== undefined && { maximumConcurrency }),
    onLine,
  });
}
