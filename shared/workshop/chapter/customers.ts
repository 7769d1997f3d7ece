import * as z from "zod";
import { deviceAt } from "#shared/devices.ts";
import { UsageError } from "#shared/command.ts";

// The first hundred are for requests by hand: the READMEs and the printed request use them.
const firstIndex = 100;
// As many as `startChapter` seeds.
const usualDevices = 3_000;
// Longer than the API waits for the vendor.
const answerWithinMs = 15_000;
const ticketWithinMs = 2_000;
// Reads few tickets at a time, so that it costs the API little.
const followedAtOnce = 12;

const answerSchema = z.object({
  eventId: z.string().optional(),
  status: z.string().optional(),
  acceptedAtMs: z.number().optional(),
  activatedAtMs: z.number().optional(),
});

/** One customer on the screen, from the request to the working device. */
export interface LiveTicket {
  /** "c-101" */
  customer: string;
  isPoison: boolean;
  sentAtMs: number;
  /** Undefined while the customer waits. No status: the connection broke. */
  answer?: { status?: number; afterMs: number };
  /** Undefined if the answer had none. Then there is no ticket to follow. */
  eventId?: string;
  status?: string;
  acceptedAtMs?: number;
  activatedAtMs?: number;
}

type Device = ReturnType<typeof deviceAt>;

interface CustomersOptions {
  apiUrl: string;
  hasTickets: boolean;
  /** How many devices the inventory has. */
  devices?: number;
  /** Whether to remember what became of them. Someone who looks at a trace doesn't need it. Default true. */
  areKept?: boolean;
}

/** The customers that the screen's keys send, each with a device, and what became of them. */
export class Customers {
  /** The oldest first. */
  readonly tickets: LiveTicket[] = [];
  readonly #options: CustomersOptions;
  #taken = 0;
  #followed = 0;

  constructor(options: CustomersOptions) {
    this.#options = options;
  }

  /** Takes the next device that no customer has asked for. Throws a {@link UsageError} if none is left. */
  takeDevice(): Device {
    const index = firstIndex + this.#taken;
    if (index >= (this.#options.devices ?? usualDevices)) {
      throw new UsageError("Every device of the inventory has been asked for; start the chapter again.");
    }
    this.#taken += 1;
    return deviceAt(index);
  }

  /** Asks for a device. Resolves when the customer has an answer or the connection broke. */
  async send(device: Device, { isPoison = false } = {}): Promise<void> {
    const ticket: LiveTicket = { customer: device.customerId, isPoison, sentAtMs: Date.now() };
    if (this.#options.areKept !== false) {
      this.tickets.push(ticket);
    }
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
      // Refused, cut or silent: the customer can't tell them apart, so each is shown as no answer.
      ticket.answer = { afterMs: performance.now() - fromMs };
    }
  }

  /** Reads the tickets that may still change, a few of them each time. */
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
      // The API is down or slow: shows the ticket as last read, and reads it again later.
    }
  }
}

/** A participant's API may answer anything. Leaves out what it doesn't understand. */
function readAnswer(body: string): Partial<LiveTicket> {
  try {
    const { data = {} } = answerSchema.safeParse(JSON.parse(body));
    return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
  } catch {
    return {};
  }
}
