// The database's process: `npm run chapter lab-relational` starts it before all others, in place of DynamoDB.
import "#shared/child.ts";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onStop, tellReady } from "#shared/child.ts";
import { readConfig, variables } from "#shared/config.ts";
import { deviceAt } from "#shared/devices.ts";
import { createDatabase } from "./database.ts";
import type { Database } from "./database.ts";
import { freePort } from "./folder.ts";
import { startPostgres } from "./postgres.ts";
import type { Postgres } from "./postgres.ts";
import { password } from "./settings.ts";

async function run(): Promise<void> {
  const { DEVICES: devices } = readConfig({ DEVICES: variables.count });
  // From the first moment on: whoever stops a chapter that is still starting must not leave a server behind.
  let stop = async () => {};
  onStop(async () => {
    await stop();
    process.exit();
  });
  const port = await freePort();
  const urlFor = (user: string) => `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`;
  let postgres: Postgres | undefined;
  // Whoever looks after a database needs a connection, too: one of those kept for such as us, and only while we look.
  const asAdministrator = async <Result>(work: (database: Database) => Promise<Result>): Promise<Result> => {
    const database = createDatabase({ url: urlFor("postgres"), connections: 1 });
    try {
      return await work(database);
    } finally {
      await database.end();
    }
  };
  const server = createServer((request, response) => {
    const isOurs = request.headers.host === `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const seen = isOurs
      ? asAdministrator((database) => evidence(database, postgres?.connectionsRefused() ?? 0))
      : Promise.reject(new Error("Expected the host 127.0.0.1, got another"));
    seen.then(
      (found) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(found)),
      ({ message }: Error) => response.writeHead(isOurs ? 503 : 403).end(message),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  stop = async () => {
    server.close();
    server.closeAllConnections();
    await postgres?.stop();
  };
  // Whoever is going to use it may start meanwhile.
  process.send?.({
    kind: "told",
    storeUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    environment: { DATABASE_URL: urlFor("workshop") },
    parameters: { DatabaseUrl: urlFor("workshop") },
  });
  postgres = await startPostgres({ port, onLine: (line) => console.error(line) });
  void postgres.givenUp.then(end);
  await asAdministrator((database) => fill(database, devices));
  tellReady();
}

async function fill(database: Database, devices: number): Promise<void> {
  await database.query(await readFile(new URL("schema.sql", import.meta.url), "utf8"));
  const all = Array.from({ length: devices }, (_, index) => deviceAt(index));
  await database.query(
    "INSERT INTO devices (mac_address, customer_id) SELECT * FROM unnest($1::text[], $2::text[])",
    [all.map(({ macAddress }) => macAddress), all.map(({ customerId }) => customerId)],
  );
}

/** What the benchmark's ledger asks of a store: who claimed what, and how far each activation has come. */
async function evidence(database: Database, connectionsRefused: number) {
  const { rows: claims } = await database.query(
    'SELECT mac_address AS "macAddress", event_id AS "eventId" FROM devices WHERE event_id IS NOT NULL',
  );
  const { rows } = await database.query("SELECT event_id, status, activated_at_ms FROM activations");
  const tickets = rows.map(({ event_id: eventId, status, activated_at_ms: ms }) => ({
    eventId,
    status,
    ...(ms !== null && { activatedAtMs: Number(ms) }),
  }));
  return { claims, tickets, connectionsRefused };
}

function end(sentence: string): void {
  process.stderr.write(`${sentence}\n`, () => process.exit(1));
}

run().catch((error: Error) => end(`Error: ${error.message}`));
