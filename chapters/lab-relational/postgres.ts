// A PostgreSQL of this lab's own, from npm, in a folder that goes with it. On AWS this would be RDS or Aurora.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { binariesFor } from "./binaries.ts";
import { asUser, createFolder, removeStaleFolders } from "./folder.ts";
import { flags, password } from "./settings.ts";

// So long until a postmaster that was killed has lost its children, and the next may start on the same data.
const restartDelaysMs = [100, 200, 400, 800, 1_600];

interface Options {
  /** On 127.0.0.1; nobody may have it. */
  port: number;
  /** What goes wrong, in PostgreSQL's words. */
  onLine: (line: string) => void;
}

/** A PostgreSQL that answers. */
export interface Postgres {
  /** How often somebody was refused since there was no connection left. */
  connectionsRefused: () => number;
  /** Resolves with a sentence if it died too often and stays down. */
  givenUp: Promise<string>;
  /** Ends connections and the server, and removes the folder. */
  stop: () => Promise<void>;
}

/** Starts a PostgreSQL on 127.0.0.1. If it dies it is started again: what was committed is there. Throws one sentence. */
export async function startPostgres({ port, onLine }: Options): Promise<Postgres> {
  const binaries = await binariesFor(process.platform, process.arch);
  removeStaleFolders(binaries.pg_ctl);
  const folder = createFolder({ initdb: binaries.initdb, password });
  let server: ChildProcess | undefined;
  // It waits until the server has ended: one that is still at it would write into a folder that is being removed.
  const end = (mode: "fast" | "immediate") => {
    spawnSync(binaries.pg_ctl, ["stop", "-D", folder.data, "-m", mode, "-t", "5"], asUser());
    // One that has only just begun has not written down yet who it is.
    server?.kill("SIGQUIT");
  };
  // Whatever ends this process: a server that is told nothing would go on without it.
  process.once("exit", () => {
    if (server?.exitCode === null) {
      end("immediate");
    }
    folder.remove();
  });
  let isStopping = false;
  let refused = 0;
  let said = "";
  const launch = async () => {
    const words = ["-D", folder.data, "-p", String(port), ...flags];
    const child = spawn(binaries.postgres, words, { ...asUser(), stdio: ["ignore", "ignore", "pipe"] });
    server = child;
    said = "";
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stderr }).on("line", (line) => {
        refused += /too many clients|remaining connection slots/.test(line) ? 1 : 0;
        said = /(?:FATAL|PANIC|ERROR): +(.*)/.exec(line)?.[1] ?? said;
        if (line.includes("ready to accept connections")) {
          resolve();
        } else if (/FATAL|PANIC|ERROR/.test(line)) {
          onLine(line);
        }
      });
      child.once("error", (error) => {
        // Then there is no exit that one could wait for.
        server = undefined;
        reject(new Error(`PostgreSQL can't be started: ${error.message}`));
      });
      child.once("exit", (code) => reject(new Error(`PostgreSQL did not start (${said || `exit ${code}`})`)));
    });
  };
  await launch().catch((error: unknown) => {
    folder.remove();
    throw error;
  });

  /** Restarts it for as long as it is wanted; ends with a sentence if it can't be. */
  const keep = async (): Promise<string> => {
    let failures = 0;
    for (;;) {
      if (server?.exitCode === null && server.signalCode === null) {
        await once(server, "exit");
      }
      const delayMs = restartDelaysMs[failures];
      if (isStopping || delayMs === undefined) {
        return `PostgreSQL ended and could not be started again (${said}): start the chapter again`;
      }
      onLine(`PostgreSQL ended; it starts again on its data in ${delayMs} ms`);
      await sleep(delayMs);
      if (!isStopping) {
        failures = await launch().then(
          () => 0,
          () => failures + 1,
        );
      }
    }
  };
  const kept = keep();
  return {
    connectionsRefused: () => refused,
    givenUp: kept.then((sentence) => (isStopping ? new Promise<string>(() => {}) : sentence)),
    async stop() {
      isStopping = true;
      end("fast");
      await kept;
      folder.remove();
    },
  };
}
