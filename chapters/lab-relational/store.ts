// The database's process: `npm run chapter lab-relational` starts it before all others, in place of DynamoDB.
import "#shared/child.ts";
import { readFile } from "node:fs/promises";
import { readConfig, variables } from "#shared/config.ts";
import { deviceAt } from "#shared/devices.ts";
import { serveStore } from "#shared/local-postgres/serve-store.ts";
import { createDatabase } from "./database.ts";
import type { Database } from "./database.ts";

const config = readConfig({ DEVICES: variables.count });

serveStore({
  // Few enough for a laptop to reach the limit. RDS derives it from the memory: about 400 on 4 GB, 5,000 at most.
  // Three are reserved for an administrator, PostgreSQL's default, so nine are left for the API and the function.
  settings: { max_connections: 12, superuser_reserved_connections: 3 },
  user: "workshop",
  fill: (url) => asAdministrator(url, fill),
  read: (url) => asAdministrator(url, readAll),
});

/** Runs `work` on one of the connections reserved for an administrator, and closes it afterwards. */
async function asAdministrator<Result>(
  url: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = createDatabase({ url, connections: 1 });
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}

async function fill(database: Database): Promise<void> {
  await database.query(await readFile(new URL("schema.sql", import.meta.url), "utf8"));
  const devices = Array.from({ length: config.DEVICES }, (_, index) => deviceAt(index));
  await database.query(
    "INSERT INTO devices (mac_address, customer_id) SELECT * FROM unnest($1::text[], $2::text[])",
    [devices.map(({ macAddress }) => macAddress), devices.map(({ customerId }) => customerId)],
  );
}

/** What the benchmark reads from a store: who claimed what, and how far each activation has come. */
async function readAll(database: Database) {
  const { rows: claims } = await database.query(
    'SELECT mac_address AS "macAddress", event_id AS "eventId" FROM devices WHERE event_id IS NOT NULL',
  );
  const { rows } = await database.query("SELECT event_id, status, activated_at_ms FROM activations");
  const tickets = rows.map(({ event_id: eventId, status, activated_at_ms: ms }) => ({
    eventId,
    status,
    ...(ms !== null && { activatedAtMs: Number(ms) }),
  }));
  return { claims, tickets };
}
