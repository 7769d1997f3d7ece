import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "#shared/run/alive.ts";
import { asUser } from "./binaries.ts";

const prefix = "take-a-ticket-postgres-";
const nameOfFolder = new RegExp(`^${prefix}(\\d+)-`);

const initWords = [
  "--auth=scram-sha-256",
  "--no-locale",
  "--encoding=UTF8",
  "--no-instructions",
  "--no-sync",
];

/** Creates a folder with an empty database that only PostgreSQL's user can read. Throws one sentence. */
export function createDataFolder({ initdb, password }: { initdb: string; password: string }) {
  let path: string | undefined;
  const remove = () => removeIfPossible(path);
  try {
    path = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
    const passwordFile = join(path, "password");
    writeFileSync(passwordFile, password);
    chmodSync(path, 0o700);
    const { uid, gid } = asUser();
    if (uid !== undefined && gid !== undefined) {
      give([path, passwordFile], uid, gid);
    }
    const data = join(path, "data");
    const words = ["-D", data, "-U", "postgres", `--pwfile=${passwordFile}`, ...initWords];
    const { status, stderr, error } = spawnSync(initdb, words, { ...asUser(), encoding: "utf8" });
    if (error !== undefined || status !== 0) {
      throw error ?? new Error(/error: .*/.exec(stderr)?.[0] ?? `initdb ended with ${status}`);
    }
    return { data, remove };
  } catch (cause) {
    remove();
    const { message, code } = cause as NodeJS.ErrnoException;
    if (code === "EACCES" && asUser().uid !== undefined) {
      throw new Error(
        `PostgreSQL refuses to run as root, and another user may not run ${initdb}. Put the project where every user may ` +
          "read it, not in root's own folder, or run this without root's rights.",
        { cause },
      );
    }
    throw new Error(
      `PostgreSQL's folder can't be made: ${message}. Is there room in ${tmpdir()}, and may one write there?`,
      { cause },
    );
  }
}

function give(paths: readonly string[], uid: number, gid: number): void {
  try {
    paths.forEach((path) => chownSync(path, uid, gid));
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`it refuses to run as root, and there is no other user to be (${message})`, { cause });
  }
}

/**
 * Removes what killed runs of this user left behind, since they could neither stop their server nor remove its folder. Never
 * fails: a folder that stays does no harm.
 */
export function removeStaleFolders(pgCtl: string): void {
  for (const path of staleFolders()) {
    // pg_ctl finds the server's process id in the folder, and does nothing if the process is gone.
    spawnSync(pgCtl, ["stop", "-D", join(path, "data"), "-m", "immediate"], asUser());
    removeIfPossible(path);
  }
}

function staleFolders(): string[] {
  try {
    return readdirSync(tmpdir())
      .filter((name) => {
        const pid = Number(nameOfFolder.exec(name)?.[1] ?? Number.NaN);
        return !Number.isNaN(pid) && !isAlive(pid);
      })
      .map((name) => join(tmpdir(), name))
      .filter(isOwn);
  } catch {
    return [];
  }
}

/**
 * Whether the folder belongs to this user. All users of a machine may share the temporary folder: in another user's folder pg_ctl
 * could find the id of any process, and end it if it is ours.
 */
function isOwn(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  const users = [process.getuid?.(), asUser().uid].filter((uid) => uid !== undefined);
  return stats?.isDirectory() === true && (users.length === 0 || users.includes(stats.uid));
}

function removeIfPossible(path: string | undefined): void {
  try {
    if (path !== undefined) {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    }
  } catch {
    // A server that was just killed may still write, and on Windows a scanner may read.
  }
}
