import { Pool } from "pg";
import type { PoolClient, QueryResult } from "pg";
import { Problem } from "#shared/problem.ts";

// As patient as the AWS clients: one second for a connection, one for an answer.
const patienceMs = 1_000;

/** Runs statements: on any connection, or on the one that a transaction holds. */
export interface Connection {
  /** Throws a 503 {@link Problem} if the database can't be reached or takes too long. */
  query: (text: string, values?: readonly unknown[]) => Promise<QueryResult<Record<string, unknown>>>;
}

export type Database = ReturnType<typeof createDatabase>;

/** A PostgreSQL database with at most `connections` connections, which open on demand and stay open. */
export function createDatabase({ url, connections }: { url: string; connections: number }) {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
    // Never close an idle connection: opening one takes longer than most statements.
    idleTimeoutMillis: 0,
  });
  // Without a listener, the loss of an idle connection would end this process.
  pool.on("error", ({ message }) => console.error(`A connection to the database was lost: ${message}`));

  return {
    query: (text: string, values: readonly unknown[] = []) =>
      pool.query<Record<string, unknown>>(text, [...values]).catch(tellWhy),

    /** Runs `work` in one transaction: all of it is written, or nothing. */
    async transaction<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
      const client = await pool.connect().catch(tellWhy);
      try {
        await send(client, "BEGIN");
        const result = await work({ query: (text, values) => send(client, text, values) });
        await send(client, "COMMIT");
        client.release();
        return result;
      } catch (error) {
        // Closing the connection makes the database roll back, whatever state the transaction is in.
        client.release(true);
        throw error;
      }
    },

    end: () => pool.end(),
  };
}

const send = (client: PoolClient, text: string, values: readonly unknown[] = []) =>
  client.query<Record<string, unknown>>(text, [...values]).catch(tellWhy);

// PostgreSQL's codes for it: connection exceptions, too many connections (53300), shutting down.
// https://www.postgresql.org/docs/18/errcodes-appendix.html
const notAvailable = /^(?:08|53|57)/;
const sqlState = /^[0-9A-Z]{5}$/;

/** Rethrows the error of a wrong statement, which is our bug. Everything else may pass, so it throws a 503. */
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
