import { existsSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binariesFor } from "./binaries.ts";

/** What a store shows at its URL. */
export interface StoreEvidence {
  claims: { macAddress: string; eventId: string }[];
  tickets: { eventId: string; status: string; activatedAtMs?: number }[];
  connectionsRefused: number;
}

/** Reads what a store contains. */
export async function readEvidence(storeUrl = ""): Promise<StoreEvidence> {
  return (await (await fetch(storeUrl)).json()) as StoreEvidence;
}

/** The folder of the store with this process id, and PostgreSQL's process id, which is written there. */
export function postgresOf(storePid: number | undefined) {
  const name = postgresFolders().find((each) => each.startsWith(`take-a-ticket-postgres-${storePid}-`));
  const folder = join(tmpdir(), name ?? "none");
  const file = join(folder, "data", "postmaster.pid");
  const [pid] = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return { folder, pid: Number(pid) };
}

/** The names of the folders of this and of other live processes. */
export const postgresFolders = () =>
  readdirSync(tmpdir()).filter((each) => each.startsWith("take-a-ticket-postgres-"));

/** Whether there is a PostgreSQL for this machine. Without it only the lab's tests are skipped. */
export const hasPostgres = await binariesFor(process.platform, process.arch).then(
  () => true,
  () => false,
);
