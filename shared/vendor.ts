import type { Activation } from "#shared/activation.ts";

/** Makes one device usable at its vendor: slow, and it can fail. */
export type Provision = (activation: Activation) => Promise<void>;

/** The vendor said no. This call provisioned nothing, so you can repeat it. */
export class VendorFailedError extends Error {
  override readonly name = "VendorFailedError";
}

/** No answer came. The device may be provisioned or not. */
export class VendorSilentError extends Error {
  override readonly name = "VendorSilentError";
  readonly timedOut: boolean;

  constructor(message: string, timedOut: boolean, options?: ErrorOptions) {
    super(message, options);
    this.timedOut = timedOut;
  }
}

interface VendorOptions {
  vendorUrl: string;
  /** Sent as a bearer token. Default: the URL's password, if it has one. The simulator on this machine requires none. */
  key?: string | undefined;
  /** How long to wait for the answer. Default 3,000, less than any timeout around it. */
  timeoutMs?: number;
  /** Sends the `eventId` as `Idempotency-Key`, so that a vendor that honours it provisions once however often it is called. */
  sendIdempotencyKey?: boolean;
}

/** Calls the vendor. Throws {@link VendorFailedError} or {@link VendorSilentError}. */
export function createVendor({
  vendorUrl,
  key = new URL(vendorUrl).password || undefined,
  timeoutMs = 3_000,
  sendIdempotencyKey = false,
}: VendorOptions): Provision {
  const { origin } = new URL(vendorUrl);
  return async ({ eventId, macAddress }) => {
    const response = await fetch(new URL("/provisionings", origin), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        // A structured-field string, so in quotes (draft-ietf-httpapi-idempotency-key-header-07).
        ...(sendIdempotencyKey && { "idempotency-key": `"${eventId}"` }),
      },
      body: JSON.stringify({ macAddress }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw asVendorError(cause, macAddress, timeoutMs);
    });
    // The status is enough, but an unread body would block the connection's reuse.
    await response.text().catch((cause: unknown) => {
      throw asVendorError(cause, macAddress, timeoutMs);
    });
    if (!response.ok) {
      throw new VendorFailedError(
        `Expected the vendor to provision ${macAddress}, got its answer ${response.status}`,
      );
    }
  };
}

function asVendorError(cause: unknown, macAddress: string, timeoutMs: number): Error {
  const expected = `Expected the vendor's answer for ${macAddress}`;
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return new VendorSilentError(`${expected}, got none within ${timeoutMs} ms`, true, { cause });
  }
  const code =
    cause instanceof Error && cause.cause instanceof Error && "code" in cause.cause && cause.cause.code;
  return code === "ECONNREFUSED"
    ? new VendorFailedError(`${expected}, but nothing listens at its address`, { cause })
    : new VendorSilentError(`${expected}, but it closed the connection`, false, { cause });
}
