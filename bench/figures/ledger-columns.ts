import type { LedgerEntries } from "#shared/results.ts";
import { counted } from "./format.ts";

/** A cost of a row, as every table, picture and sentence counts and names it. */
export interface LedgerColumn {
  of: (entries: LedgerEntries) => number;
  /** The column's title: "set aside". */
  title: string;
  /** For narrow places: "aside". */
  short: string;
  /** After a count: "3 given up". */
  named: string;
  means: string;
}

/** The columns by name. Each reader takes those that it shows, in its own order. */
export const ledgerColumns = {
  errors: {
    of: ({ rejected, failed, unanswered }) => rejected + failed + unanswered,
    title: "error",
    short: "error",
    named: "errors",
    means: "an answer that refuses or fails, or none: the customer got nothing",
  },
  lost: {
    of: ({ lost }) => lost,
    title: "lost",
    short: "lost",
    named: "lost",
    means: "the customer holds a ticket, and no one will ever work on it",
  },
  twice: {
    of: ({ doubled }) => doubled,
    title: "twice",
    short: "twice",
    named: "twice",
    means: "the vendor provisioned the device more than once",
  },
  gaveUp: {
    of: ({ gaveUp }) => gaveUp,
    title: "gave up",
    short: "gave up",
    named: "given up",
    means: "it failed, and no one will retry",
  },
  setAside: {
    of: ({ deadLettered }) => deadLettered,
    title: "set aside",
    short: "aside",
    named: "set aside",
    means: "in the dead-letter queue, for a person to look at",
  },
  waiting: {
    of: ({ waiting }) => waiting,
    title: "waiting",
    short: "waiting",
    named: "waiting",
    means: "still in the queue, or in somebody's hands, when we stopped looking",
  },
  // It needs a kill at the right moment, so only storms show it.
  untold: {
    of: ({ orphaned }) => orphaned,
    title: "never told",
    short: "untold",
    named: "done but untold",
    means: "the vendor provisioned the device, and no one told the customer",
  },
} satisfies Record<string, LedgerColumn>;

/** "3 lost", "1 error": the counts that are not 0, in the order of the columns. */
export function paidInWords(entries: LedgerEntries, columns: readonly LedgerColumn[]): string[] {
  return columns.flatMap((column) => {
    const count = column.of(entries);
    const words = column === ledgerColumns.errors ? counted(count, "error") : `${count} ${column.named}`;
    return count === 0 ? [] : [words];
  });
}
