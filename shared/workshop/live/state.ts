import type { Target } from "#shared/run/running-chapter.ts";
import type { LogEntry } from "./log-book.ts";

/** One customer of the screen, from the request to the device. */
export interface LiveTicket {
  /** "c-101" */
  customer: string;
  isPoison: boolean;
  sentAtMs: number;
  /** Undefined while the customer waits; without a status the connection broke. */
  answer?: { status?: number; afterMs: number };
  /** Undefined if the answer named none: then there is nothing to follow. */
  eventId?: string;
  status?: string;
  acceptedAtMs?: number;
  activatedAtMs?: number;
}

/** What is read again and again; a part is left out when it couldn't be read. */
export interface Figures {
  queue?: { visible: number; inFlight: number; delayed: number };
  setAside?: number;
  /** Execution environments that are alive. */
  environments?: number;
  vendor?: { calls: number; provisioned: number; doubled: number; open: number; inLine: number };
  weather?: { outage: boolean; poisoned: number };
  isApiUp: boolean;
  isWorkerUp: boolean;
}

/** What the chapter is, which does not change while it runs. */
export interface LiveChapter {
  name: string;
  number: string;
  apiUrl: string;
  logFile: string;
  worksWith: Target;
  hasTickets: boolean;
  hasQueue: boolean;
  hasDeadLetterQueue: boolean;
}

/** Everything that the screen shows at one moment. */
export interface LiveState {
  chapter: LiveChapter;
  nowMs: number;
  figures: Figures;
  /** When an outage that somebody has ordered ends. */
  outageEndsAtMs?: number;
  /** Every n-th message is delivered twice; 0: none. */
  everyNthTwice: number;
  /** The oldest first. */
  tickets: readonly LiveTicket[];
  log: readonly LogEntry[];
  /** What the last key has done, or why it can't. */
  note: readonly string[];
  /** A page over tickets and log, until the next key. */
  page?: readonly string[];
}
