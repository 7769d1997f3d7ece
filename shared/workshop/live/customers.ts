import * as z from "zod";
import { deviceAt } from "#shared/devices.ts";
import { UsageError } from "#shared/command.ts";
import type { LiveTicket } from "./state.ts";

// The first hundred are left to whoever types requests by hand: the READMEs and the printed one use them.
const firstIndex = 100;
const defaultDevices = 3_000;
// Longer than the API waits for the vendor.
const answerWithinMs = 15_000;
const ticketWithinMs = 2_000;
/** How many tickets are asked for at a time, so that looking costs the API little. */
const followedAtOnce = 12;

const answerSchema = z.object({
  eventId: z.string().optional(),
  status: z.string().optional(),
  acceptedAtMs: z.number().optional(),
  activatedAtMs: z.number().optional(),
});

type Device = ReturnType<typeof deviceAt>;

interface CustomersOptions {
  apiUrl: string;
  hasTickets: boolean;
  /** How many the inventory has. */
  devices?: number;
}

/** Those who ask on the screen's behalf, each for a device of its own, and what has become of them. */
export class Customers {
  /** The oldest first. */
  readonly tickets: LiveTicket[] = [];
  readonly #options: Required<CustomersOptions>;
  #taken = 0;
  #followed = 0;

  constructor(options: CustomersOptions) {
    this.#options = { devices: defaultDevices, ...options };
  }

  /** Takes the next device, for which nobody else will ask. Throws a {@link UsageError} when there is none left. */
  takeDevice(): Device {
    const index = firstIndex + this.#taken;
    if (index >= this.#options.devices) {
      throw new UsageError("Every device of the inventory has been asked for; start the chapter again.");
    }
    this.#taken += 1;
    return deviceAt(index);
  }

  /** Asks for a device; resolves when the customer has an answer, or the connection broke. */
  async send(device: Device, { isPoison = false } = {}): Promise<void> {
    const ticket: LiveTicket = { customer: device.customerId, isPoison, sentAtMs: Date.now() };
    this.tickets.push(ticket);
    const fromMs = performance.now();
    try {
      const response = await fetch(new URL("/activations", this.#options.apiUrl), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(device),
        signal: AbortSignal.timeout(answerWithinMs),
      });
      const body = await response.text();
      ticket.answer = { status: response.status, afterMs: performance.now() - fromMs };
      if (response.ok) {
        Object.assign(ticket, readAnswer(body));
      }
    } catch {
      // Refused, cut or silent: to the customer it is all the same, and shown as no answer.
      ticket.answer = { afterMs: performance.now() - fromMs };
    }
  }

  /** Asks what has become of the tickets that may still change, some of them each time. */
  async follow(): Promise<void> {
    const open = this.tickets.filter(
      ({ eventId, status }) => this.#options.hasTickets && eventId !== undefined && status !== "active",
    );
    const count = Math.min(followedAtOnce, open.length);
    const from = this.#followed % Math.max(1, open.length);
    this.#followed = from + count;
    await Promise.all(
      [...open.slice(from), ...open.slice(0, from)].slice(0, count).map((ticket) => this.#look(ticket)),
    );
  }

  async #look(ticket: LiveTicket): Promise<void> {
    const path = `/activations/${ticket.eventId}`;
    try {
      const response = await fetch(new URL(path, this.#options.apiUrl), {
        signal: AbortSignal.timeout(ticketWithinMs),
      });
      const body = await response.text();
      if (response.ok) {
        Object.assign(ticket, readAnswer(body));
      }
    } catch {
      // The API is down or slow: the ticket is shown as it was last seen, and looked at again.
    }
  }
}

/** What a participant's own API answers may be anything: what isn't understood is left out. */
function readAnswer(body: string): Partial<LiveTicket> {
  try {
    const { data = {} } = answerSchema.safeParse(JSON.parse(body));
    return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
  } catch {
    return {};
  }
}
