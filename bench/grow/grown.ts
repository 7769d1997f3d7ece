import { Times } from "./crowd.ts";
import { Limit } from "./front.ts";
import type { Front } from "./front.ts";

/** What became of the load. */
export class Grown {
  readonly front: Front;
  /** Messages: one for each customer who was not turned away before. */
  sent = 0;
  done = 0;
  setAside = 0;
  /** Messages that SQS deleted at the end of their retention. */
  expired = 0;
  /** From the request until the device worked. */
  readonly works = new Times();
  attempts = 0;
  /** Attempts that the vendor answered with 429. */
  refused = 0;
  /** Attempts after which the device worked, but the table was too busy to record it. A later one calls the vendor again. */
  unwritten = 0;
  batches = 0;
  billedMs = 0;
  concurrencyMost = 0;
  inFlightMost = 0;
  readonly inFlight = new Limit("in flight");
  /** The most vendor calls at the same time, in work or in line. */
  vendorMost = 0;
  /** Messages that were not done, set aside or expired when the last customer had come. */
  backlog = 0;
  /** When nothing was left. */
  emptyAtMs = 0;

  constructor(front: Front) {
    this.front = front;
  }
}
