import { Pool } from "pg";
import type { PoolClient, QueryResult } from "pg";
import { Problem } from "#shared/problem.ts";

// As patient as the clients of AWS: one second for a connection, one for an answer.
const patienceMs = 1_000;

/** Where statements run: on any connection, or on the one that a transaction holds. */
export interface Connection {
  /** Throws a 503 {@link Problem} if the database can't be reached or takes too long. */
  query: (text: string, values?: readonly unknown[]) => Promise<QueryResult<Record<string, unknown>>>;
}

export type Database = ReturnType<typeof createDatabase>;

/** A PostgreSQL, with `connections` to it at most. They are opened when they are needed, and kept. */
export function createDatabase({ url, connections }: { url: string; connections: number }) {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
    // Kept for as long as the process lives: opening one takes longer than most statements.
    idleTimeoutMillis: 0,
  });
  // Without a listener, the loss of an idle connection would end this process.
  pool.on("error", ({ message }) => console.error(`A connection to the database was lost: ${message}`));

  return {
    query: (text: string, values: readonly unknown[] = []) =>
      pool.query<Record<string, unknown>>(text, [...values]).catch(tellWhy),

    /** Runs `work` in one transaction: all of it happens, or nothing. */
    async transaction<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
      const client = await pool.connect().catch(tellWhy);
      try {
        await send(client, "BEGIN");
        const result = await work({ query: (text, values) => send(client, text, values) });
        await send(client, "COMMIT");
        client.release();
        return result;
      } catch (error) {
        // The database rolls back what a closed connection leaves open, whatever state it was in.
        client.release(true);
        throw error;
      }
    },

    end: () => pool.end(),
  };
}

const send = (client: PoolClient, text: string, values: readonly unknown[] = []) =>
  client.query<Record<string, unknown>>(text, [...values]).catch(tellWhy);

// PostgreSQL's own words for it: connection exceptions, no more connections (53300), shutting down.
// https://www.postgresql.org/docs/18/errcodes-appendix.html
const notAvailable = /^(?:08|53|57)/;
const sqlState = /^[0-9A-Z]{5}$/;

/** A wrong statement is our mistake and is thrown as it is. Everything else may pass by itself, so it becomes a 503. */
function tellWhy(error: unknown): never {
  const { code = "", message } = error as { code?: string; message: string };
  if (sqlState.test(code) && !notAvailable.test(code)) {
    throw error;
  }
  throw new Problem(
    503,
    "Not available now",
    `Expected the database to answer, got: ${message || code}. Nothing is promised, yet it may still happen: ask again ` +
      "with the same device, which is safe and keeps its eventId",
    { cause: error },
  );
}
