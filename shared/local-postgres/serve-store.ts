import { onStop, tellReady } from "#shared/child.ts";
import { freePort } from "#shared/listen.ts";
import { startInspectServer } from "#shared/local-aws/inspection.ts";
import { password, startPostgres } from "./postgres.ts";
import type { Postgres } from "./postgres.ts";

export interface ServedStore {
  /** PostgreSQL's settings, as in postgresql.conf. */
  settings: Readonly<Record<string, string | number>>;
  /** The user of the chapter's processes. `fill` creates it, with the password "workshop". */
  user: string;
  /** Creates the tables, before anything else happens. */
  fill: (administratorUrl: string) => Promise<void>;
  /** What the store contains, for the benchmark's ledger. */
  read: (administratorUrl: string) => Promise<object>;
}

/** Runs a PostgreSQL as a chapter's store in this process until the launcher says stop. If that fails, the process ends with one sentence. */
export function serveStore(options: ServedStore): void {
  run(options).catch((error: Error) => end(`Error: ${error.message}`));
}

async function run({ settings, user, fill, read }: ServedStore): Promise<void> {
  // Before anything starts: a stop during the start must not leave a server behind.
  let stop = async () => {};
  onStop(async () => {
    await stop();
    process.exit();
  });
  const port = await freePort();
  const urlFor = (name: string) => `postgresql://${name}:${password}@127.0.0.1:${port}/postgres`;
  let postgres: Postgres | undefined;
  const inspection = await startInspectServer(async () => ({
    ...(await read(urlFor("postgres"))),
    connectionsRefused: postgres?.connectionsRefused() ?? 0,
  }));
  stop = async () => {
    await Promise.all([inspection.close(), postgres?.stop()]);
  };
  // The API and the function can start meanwhile.
  process.send?.({
    kind: "told",
    storeUrl: inspection.url,
    environment: { DATABASE_URL: urlFor(user) },
    parameters: { DatabaseUrl: urlFor(user) },
  });
  postgres = await startPostgres({ port, settings, onLine: (line) => console.error(line) });
  void postgres.givenUp.then(end);
  await fill(urlFor("postgres"));
  tellReady();
}

function end(sentence: string): void {
  process.stderr.write(`${sentence}\n`, () => process.exit(1));
}
