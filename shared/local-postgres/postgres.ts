// A PostgreSQL from npm, in a folder that is removed with it. On AWS this would be RDS or Aurora.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { asUser, binariesFor } from "./binaries.ts";
import { createDataFolder, removeStaleFolders } from "./data-folder.ts";

/** The administrator's. Everything listens on this machine only, like the embedded AWS with its "local" keys. */
export const password = "workshop";

// A killed postmaster needs this long to lose its children. Until then no other can start on the same data.
const restartDelaysMs = [100, 200, 400, 800, 1_600];

export interface PostgresOptions {
  /** On 127.0.0.1. It must be free. */
  port: number;
  /** As in postgresql.conf, such as `max_connections`. */
  settings: Readonly<Record<string, string | number>>;
  /** Receives its errors, in PostgreSQL's words. */
  onLine: (line: string) => void;
}

/** A PostgreSQL that answers. */
export interface Postgres {
  /** How often it refused a connection because it had none left. */
  connectionsRefused: () => number;
  /** Resolves with a sentence if it died too often and stays down. */
  givenUp: Promise<string>;
  /** Ends connections and the server, and removes the folder. */
  stop: () => Promise<void>;
}

/** Starts a PostgreSQL on 127.0.0.1. If it dies it is restarted with all committed data. Throws one sentence. */
export async function startPostgres({ port, settings, onLine }: PostgresOptions): Promise<Postgres> {
  const { initdb, postgres, pg_ctl: pgCtl } = await binariesFor(process.platform, process.arch);
  removeStaleFolders(pgCtl);
  const folder = createDataFolder({ initdb, password });
  const forThisMachine = {
    log_checkpoints: "off",
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
  };
  const words = Object.entries({ ...settings, ...forThisMachine }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const server = new PostgresProcess({
    command: [postgres, "-D", folder.data, "-p", String(port), ...words],
    // Waits until the server has ended: a running one would write into the folder while it is being removed.
    stop: (mode) => spawnSync(pgCtl, ["stop", "-D", folder.data, "-m", mode, "-t", "5"], asUser()),
    onLine,
  });
  // However this process ends: otherwise the server would go on without it.
  process.once("exit", () => {
    if (server.isRunning) {
      server.end("immediate");
    }
    folder.remove();
  });
  await server.launch().catch((error: unknown) => {
    folder.remove();
    throw error;
  });

  const stopping = new AbortController();
  const kept = keepRunning(server, stopping.signal, onLine);
  return {
    connectionsRefused: () => server.connectionsRefused,
    givenUp: kept.then((sentence) => (stopping.signal.aborted ? new Promise<string>(() => {}) : sentence)),
    async stop() {
      stopping.abort();
      server.end("fast");
      await kept;
      folder.remove();
    },
  };
}

/** Restarts it whenever it ends, until `stopping`. Resolves with a sentence if that fails too often. */
async function keepRunning(
  server: PostgresProcess,
  stopping: AbortSignal,
  onLine: (line: string) => void,
): Promise<string> {
  let failures = 0;
  for (;;) {
    await server.exited();
    const delayMs = restartDelaysMs[failures];
    if (stopping.aborted || delayMs === undefined) {
      return `PostgreSQL ended and could not be started again (${server.lastError}): start the chapter again`;
    }
    onLine(`PostgreSQL ended; it starts again on its data in ${delayMs} ms`);
    await sleep(delayMs);
    if (!stopping.aborted) {
      failures = await server.launch().then(
        () => 0,
        () => failures + 1,
      );
    }
  }
}

interface PostgresProcessOptions {
  command: readonly [string, ...string[]];
  stop: (mode: "fast" | "immediate") => void;
  onLine: (line: string) => void;
}

/** The server's process, which can be launched again after it has ended. */
class PostgresProcess {
  connectionsRefused = 0;
  /** Its last error since it was launched. */
  lastError = "";
  #child: ChildProcess | undefined;
  readonly #options: PostgresProcessOptions;

  constructor(options: PostgresProcessOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it accepts connections. Throws one sentence if it ends instead. */
  async launch(): Promise<void> {
    const [file, ...words] = this.#options.command;
    const child = spawn(file, words, { ...asUser(), stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    this.lastError = "";
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stderr }).on("line", (line) => {
        this.connectionsRefused += /too many clients|remaining connection slots/.test(line) ? 1 : 0;
        this.lastError = /(?:FATAL|PANIC|ERROR): +(.*)/.exec(line)?.[1] ?? this.lastError;
        if (line.includes("ready to accept connections")) {
          resolve();
        } else if (/FATAL|PANIC|ERROR/.test(line)) {
          this.#options.onLine(line);
        }
      });
      child.once("error", (error) => {
        // It never ran, so there is no exit to wait for.
        this.#child = undefined;
        reject(new Error(`PostgreSQL can't be started: ${error.message}`));
      });
      child.once("exit", (code) =>
        reject(new Error(`PostgreSQL did not start (${this.lastError || `exit ${code}`})`)),
      );
    });
  }

  /** Resolves once the launched process is gone. */
  async exited(): Promise<void> {
    if (this.#child !== undefined && this.isRunning) {
      await once(this.#child, "exit");
    }
  }

  end(mode: "fast" | "immediate"): void {
    this.#options.stop(mode);
    // pg_ctl needs the process id file, which a server launched a moment ago has not written yet.
    this.#child?.kill("SIGQUIT");
  }
}
