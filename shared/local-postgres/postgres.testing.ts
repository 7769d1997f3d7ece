import { existsSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binariesFor } from "./binaries.ts";

/** What a store says of itself at its URL. */
export interface StoreEvidence {
  claims: { macAddress: string; eventId: string }[];
  tickets: { eventId: string; status: string; activatedAtMs?: number }[];
  connectionsRefused: number;
}

/** Asks a store for what it holds. */
export async function readEvidence(storeUrl = ""): Promise<StoreEvidence> {
  return (await (await fetch(storeUrl)).json()) as StoreEvidence;
}

/** The folder of the store with this process id, and PostgreSQL's own process id, as it wrote it there. */
export function postgresOf(storePid: number | undefined) {
  const name = postgresFolders().find((each) => each.startsWith(`take-a-ticket-postgres-${storePid}-`));
  const folder = join(tmpdir(), name ?? "none");
  const file = join(folder, "data", "postmaster.pid");
  const [pid] = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return { folder, pid: Number(pid) };
}

/** The names of the folders of this process and of others that live. */
export const postgresFolders = () =>
  readdirSync(tmpdir()).filter((each) => each.startsWith("take-a-ticket-postgres-"));

/** Whether there is a PostgreSQL for this machine. Without it the lab's tests are skipped, and no others. */
export const hasPostgres = await binariesFor(process.platform, process.arch).then(
  () => true,
  () => false,
);
