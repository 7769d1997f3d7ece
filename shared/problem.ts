import { VendorFailedError, VendorSilentError } from "#shared/vendor.ts";

/** An error answer as of RFC 9457: what was expected, what came, what to do. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly title: string;
  /** The wrong fields of the request, if any. */
  readonly errors: readonly FieldError[];

  constructor(
    status: number,
    title: string,
    detail: string,
    options: ErrorOptions & { errors?: FieldError[] } = {},
  ) {
    super(detail, options);
    this.status = status;
    this.title = title;
    this.errors = options.errors ?? [];
  }
}

export interface FieldError {
  field: string;
  expected: string;
  got: string;
}

// Here and not in inventory.ts, so that an API with another inventory needn't load DynamoDB's client.

/** The inventory has no such device. */
export class UnknownDeviceError extends Error {
  override readonly name = "UnknownDeviceError";

  constructor(macAddress: string) {
    super(`Expected a device of the inventory, got ${macAddress}, which it does not have; check the address`);
  }
}

/** The device belongs to another customer. */
export class DeviceOfAnotherCustomerError extends Error {
  override readonly name = "DeviceOfAnotherCustomerError";

  constructor(macAddress: string) {
    super(`Expected a device of this customer, got ${macAddress}, which belongs to another; check both`);
  }
}

/** Turns anything thrown into an answer of the API's contract. An unknown error becomes a 500 without details. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  if (error instanceof UnknownDeviceError) {
    return new Problem(404, "Unknown device", error.message);
  }
  if (error instanceof DeviceOfAnotherCustomerError) {
    return new Problem(409, "Device of another customer", error.message);
  }
  if (error instanceof VendorSilentError && error.timedOut) {
    return new Problem(
      504,
      "The vendor took too long",
      `${error.message}; it may have worked all the same: ask again`,
    );
  }
  if (error instanceof VendorFailedError || error instanceof VendorSilentError) {
    return new Problem(502, "The vendor failed", `${error.message}; ask again in a moment`);
  }
  return toParserProblem(error) ?? toDependencyProblem(error) ?? unforeseen(error);
}

/** Express and its body parser put the right `status` on an error of the caller's. */
function toParserProblem(error: unknown): Problem | undefined {
  if (
    !(
      error instanceof Error &&
      "status" in error &&
      Number(error.status) >= 400 &&
      Number(error.status) < 500
    )
  ) {
    return undefined;
  }
  if (error.status === 413) {
    return new Problem(
      413,
      "Too large",
      "Expected a body of at most 10 KiB, got a larger one; send one activation",
    );
  }
  if (error.status === 415) {
    return new Problem(
      415,
      "Not JSON",
      `Expected JSON in UTF-8, got something else (${error.message}); send it plain`,
    );
  }
  if (error instanceof URIError) {
    return new Problem(
      400,
      "Malformed request",
      "Expected a path in UTF-8, percent-encoded, got another; correct it and send it again",
    );
  }
  // zlib's errors: the body doesn't match its Content-Encoding.
  if ("code" in error && String(error.code).startsWith("Z_")) {
    return new Problem(
      400,
      "Malformed request",
      "Expected a body that is encoded as its Content-Encoding says, got another; send it plain",
    );
  }
  return new Problem(
    400,
    "Malformed request",
    `Expected well-formed JSON, got ${error.message}; correct it and send it again`,
  );
}

/** The AWS SDK marks each error that it throws, whether AWS answered it or there was no answer. */
function toDependencyProblem(error: unknown): Problem | undefined {
  return error instanceof Error && "$metadata" in error
    ? new Problem(
        503,
        "Not available now",
        "Expected the table and the queue to answer, and one did not. Nothing is promised, yet it may still happen: " +
          "ask again with the same device, which is safe and keeps its eventId",
        { cause: error },
      )
    : undefined;
}

function unforeseen(cause: unknown): Problem {
  return new Problem(
    500,
    "Unforeseen error",
    "Expected to know every error, and did not know this one; see the API's log",
    {
      cause,
    },
  );
}
