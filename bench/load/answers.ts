import { deviceAt } from "#shared/devices.ts";
import type { RequestOutcome } from "#shared/results.ts";
import * as z from "zod";

/** What an answer of `POST /activations` means, with its contents checked. */
export interface ReadAnswer {
  outcome: RequestOutcome;
  eventId?: string;
  /** What is wrong with the answer itself. No figure counts from a run that has one. */
  problem?: string;
}

/** A customer's request, due at this moment, whose answer gets checked. */
export function requestFor(index: number, dueMs: number) {
  const { customerId, macAddress } = deviceAt(index);
  const read = (status: number, answer: string) => readAnswer(status, answer, macAddress);
  return { dueMs, body: JSON.stringify({ customerId, macAddress }), read, customerId, macAddress };
}

const activation = z.object({
  eventId: z.uuid(),
  macAddress: z.string(),
  status: z.enum(["accepted", "provisioning", "active", "failed"]),
});

// API Gateway's answer to a request that never reached the function: throttled, or given up after 30 s.
const ofApiGateway = z.strictObject({
  message: z.enum([
    "Service Unavailable",
    "Too Many Requests",
    "Internal Server Error",
    "Endpoint request timed out",
  ]),
});

const outcomeOfStatus: Record<number, RequestOutcome> = { 200: "repeated", 201: "accepted", 202: "accepted" };

/** What a status means. An answer that the API never gives counts as rejected. */
export const outcomeOf = (status: number): RequestOutcome =>
  outcomeOfStatus[status] ?? (status >= 500 ? "failed" : "rejected");

/** Reads an answer to a request for `macAddress`. */
export function readAnswer(status: number, body: string, macAddress: string): ReadAnswer {
  const outcome = outcomeOf(status);
  if (outcome !== "accepted" && outcome !== "repeated") {
    return readRefusal(status, body);
  }
  const parsed = activation.safeParse(parseJson(body));
  if (!parsed.success) {
    const problem = `answer ${status} without a valid activation: ${body.slice(0, 80)}`;
    return { outcome, problem };
  }
  const { eventId, status: told } = parsed.data;
  if (parsed.data.macAddress !== macAddress) {
    return { outcome, eventId, problem: `answer ${status} names the device ${parsed.data.macAddress}` };
  }
  if (status === 201 && told !== "active") {
    return { outcome, eventId, problem: `answer 201 says "${told}", expected "active"` };
  }
  return { outcome, eventId };
}

function readRefusal(status: number, body: string): ReadAnswer {
  const outcome = outcomeOf(status);
  if (status < 400) {
    return { outcome, problem: `answer ${status}, which the API never gives` };
  }
  const answer = parseJson(body);
  const isOurs = z.object({ status: z.literal(status) }).safeParse(answer).success;
  return isOurs || ofApiGateway.safeParse(answer).success
    ? { outcome }
    : { outcome, problem: `answer ${status} is no problem+json: ${body.slice(0, 80)}` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
