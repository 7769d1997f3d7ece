import * as z from "zod";
import type { LedgerSummary, VendorLedger } from "./ledger.ts";
import { canonicalMacAddress } from "./weather.ts";
import type { Weather } from "./weather.ts";

/** What a caller learns about its provisioning. "cut" means that the connection is closed instead. */
export type VendorAnswer =
  | { status: 201; provisioningId: string }
  | { status: 409 | 422 | 429 | 500 | 503; detail: string }
  | "cut";

type OrLater<Value> = Value | Promise<Value>;

/** A simulated vendor, wherever it keeps its state. */
export interface SimulatedVendor {
  provision: (
    macAddress: string,
    idempotencyKey: string | undefined,
    caller: Pick<VendorRequest, "onLeave" | "by">,
  ) => Promise<VendorAnswer>;
  weather: () => OrLater<Weather>;
  /** Returns the new weather. Throws a ZodError or a {@link BadRequest}, and changes nothing, if the change is not valid. */
  changeWeather: (change: unknown) => OrLater<Weather>;
  ledger: () => OrLater<VendorLedger>;
  openCalls: () => OrLater<string[]>;
  summary: () => OrLater<LedgerSummary>;
  /** Empties the ledger. Undefined where each new process begins with an empty one. */
  forget?: () => Promise<number>;
}

/** A request, in the form that HTTP and API Gateway have in common. */
export interface VendorRequest {
  method: string;
  path: string;
  idempotencyKey: string | undefined;
  /** Read only by routes that take a body. */
  body: () => OrLater<string>;
  /** Registers a function to call when the caller is gone. */
  onLeave: (leave: () => void) => void;
  /** The caller, for the trace. */
  by?: string;
}

interface VendorResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The request is the caller's mistake. The message says what to correct. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
  readonly status: 400 | 413;

  constructor(status: 400 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

const provisioningRequest = z.strictObject({ macAddress: canonicalMacAddress });
const idempotencyKeySchema = z.string().min(1).max(255).optional();

/** The vendor's API. Answers each request, and every error with a problem as of RFC 9457. Never rejects. */
export function createVendorApi(
  vendor: SimulatedVendor,
): (request: VendorRequest) => Promise<VendorResponse | "cut"> {
  const routes: Record<string, (request: VendorRequest) => Promise<VendorResponse | "cut">> = {
    "POST /provisionings": async (request) => {
      const { macAddress } = provisioningRequest.parse(await readJson(request));
      // The draft requires a structured-field string, so in quotes. Many clients send it without.
      const key = idempotencyKeySchema.parse(request.idempotencyKey?.replace(/^"(.*)"$/, "$1"));
      const answer = await vendor.provision(macAddress, key, request);
      if (answer === "cut") {
        return "cut";
      }
      return answer.status === 201
        ? json(201, { provisioningId: answer.provisioningId, macAddress })
        : problem(answer.status, answer.detail);
    },
    "GET /weather": async () => json(200, await vendor.weather()),
    "PATCH /weather": async (request) => json(200, await vendor.changeWeather(await readJson(request))),
    "GET /ledger": async () => json(200, await vendor.ledger()),
    "GET /ledger/open": async () => json(200, { open: await vendor.openCalls() }),
    "GET /ledger/summary": async () => json(200, await vendor.summary()),
    ...(vendor.forget && {
      "DELETE /ledger": async () => json(200, { forgotten: await vendor.forget?.() }),
    }),
  };

  return async (request) => {
    const name = `${request.method} ${request.path}`;
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    if (route === undefined) {
      return problem(404, `Expected one of ${Object.keys(routes).join(", ")}, got ${name.slice(0, 80)}`);
    }
    try {
      return await route(request);
    } catch (error) {
      if (error instanceof BadRequest) {
        return problem(error.status, error.message);
      }
      if (error instanceof z.ZodError) {
        const wrong = error.issues.map(({ path, message }) => `${path.join(".") || "(body)"}: ${message}`);
        return problem(400, `${wrong.join("; ")}; correct it and send it again`);
      }
      console.error("The vendor simulator has a defect", error);
      return problem(500, "The simulator has a defect; see its log");
    }
  };
}

async function readJson({ body }: VendorRequest): Promise<unknown> {
  const text = await body();
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest(400, "Expected well-formed JSON; correct it and send it again");
  }
}

function json(status: number, body: unknown): VendorResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

export function problem(status: number, detail: string): VendorResponse {
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...((status === 429 || status === 503) && { "retry-after": "1" }),
    },
    body: JSON.stringify({ type: "about:blank", title: "The vendor did not provision", status, detail }),
  };
}
