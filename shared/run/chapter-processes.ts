import { join } from "node:path";
import * as z from "zod";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { projectFolder } from "./chapters.ts";
import { build } from "./build/build.ts";
import { forkBuilt, startChild } from "./child-process.ts";
import type { Child, ChildOptions } from "./child-process.ts";
import { KeptProcess } from "./kept-process.ts";
import type { ToldCustomers } from "#shared/tracing/told-customers.ts";

type OnLine = NonNullable<ChildOptions["onLine"]>;

interface VendorStart {
  weather: Partial<Weather>;
  hasTrace: boolean;
  onLine: OnLine;
}

/** Starts the vendor simulator, with the usual weather except for what `weather` sets. It reports its `url` when ready. */
export const startVendorProcess = ({ weather, hasTrace, onLine }: VendorStart): Promise<Child> =>
  startChild({
    name: "vendor",
    file: join(projectFolder, "shared", "vendor-simulator", "main.ts"),
    args: [JSON.stringify(weather), ...(hasTrace ? [] : ["no-trace"])],
    onLine,
  });

const toldSchema = z.object({
  storeUrl: z.url(),
  environment: z.record(z.string(), z.string()),
  parameters: z.record(z.string(), z.string()),
});

/** A chapter's own process that holds its tables, in place of the embedded DynamoDB. */
export interface Store {
  /** Where it serves its contents as JSON, at `GET /`: `{ claims, tickets }`, for the benchmark's ledger. */
  url: string;
  /** For the API and the function. */
  environment: Record<string, string>;
  /** Parameters of the template. */
  parameters: Record<string, string>;
}

/** A store that is starting. */
export interface StartingStore {
  child: Child;
  /** Its address, known before it is ready. Rejects with one sentence if it can't start. */
  told: Promise<Store>;
}

interface StoreStart {
  folder: string;
  devices: number;
  onLine: OnLine;
}

/** Starts a chapter's store.ts, which seeds the first `devices` devices itself. */
export async function startStore({ folder, devices, onLine }: StoreStart): Promise<StartingStore> {
  let tell: (store: Store) => void = () => {};
  const first = new Promise<Store>((resolve) => {
    tell = resolve;
  });
  const child = await startChild({
    name: "store",
    file: join(folder, "store.ts"),
    env: { DEVICES: String(devices) },
    onLine,
    onMessage: (message) => {
      if (message["kind"] === "told") {
        const { storeUrl: url, ...rest } = toldSchema.parse(message);
        tell({ url, ...rest });
      }
    },
  });
  // It becomes ready only after it has told its address. If it fails before that, both reject with the same sentence.
  const told = Promise.race([first, child.ready.then(() => first)]);
  told.catch(() => {});
  return { child, told };
}

/** What every start of one of the chapter's own processes needs. */
interface OwnProcess {
  folder: string;
  env: Readonly<Record<string, string>>;
  readyWithinMs?: number | undefined;
  onLine: OnLine;
  /** Receives what the API reports about its customers. */
  customers?: ToldCustomers | undefined;
}

/** Starts the API and resolves when it answers. It comes back on its port when it dies. `port` 0: any free port. */
export async function keepApi({ port: wantedPort, ...own }: OwnProcess & { port: number }) {
  const forkApi = await forksOwn("api", "main.ts", own);
  let port = wantedPort;
  const url = () => `http://127.0.0.1:${port}`;
  const process = new KeptProcess({
    name: "api",
    fork: () => forkApi({ PORT: String(port) }),
    onReady: async (told) => {
      port = Number(told["port"]);
      await fetch(`${url()}/healthz`, { signal: AbortSignal.timeout(5_000) });
    },
    onLine: (line) => own.onLine("launcher", line),
  });
  return { process, url };
}

/** Starts the worker. It is started again when it dies. */
export async function keepWorker(own: OwnProcess): Promise<KeptProcess> {
  const forkWorker = await forksOwn("worker", "worker.ts", own);
  return new KeptProcess({
    name: "worker",
    fork: () => forkWorker({}),
    onLine: (line) => own.onLine("launcher", line),
  });
}

/** Builds the file once, so that a restart runs what was started, not a file that you are editing. */
async function forksOwn(name: string, file: string, own: OwnProcess) {
  const { folder, env, readyWithinMs, onLine, customers } = own;
  const built = await build(join(folder, file), { onLine: (line) => onLine("launcher", line) });
  return (more: Readonly<Record<string, string>>): Child => {
    const told = customers?.ofProcess();
    const child = forkBuilt(built, {
      name,
      // The SDK sends this name with every request, so that we know who asks.
      env: {
        AWS_SDK_UA_APP_ID: name,
        ...(told && { TRACE_CUSTOMERS: told.fd === undefined ? "messages" : "file" }),
        ...env,
        ...more,
      },
      onLine,
      ...(readyWithinMs !== undefined && { readyWithinMs }),
      ...(told && { onMessage: told.onMessage }),
      ...(told?.fd !== undefined && { fileFd: told.fd }),
    });
    told?.follow(child.send);
    void child.exited.then(told?.ended);
    return child;
  };
}

interface RedriveOptions {
  /** The chapter's folder. */
  folder: string;
  /** The chapter's outputs and the AWS_* variables. */
  environment: Readonly<Record<string, string>>;
}

/** Runs a chapter's redrive.ts to its end. Returns what it printed. Rejects with its error. */
export async function runRedrive({ folder, environment }: RedriveOptions): Promise<string> {
  const lines: string[] = [];
  const child = await startChild({
    name: "redrive",
    file: join(folder, "redrive.ts"),
    env: environment,
    onLine: (_process, line) => lines.push(line),
  });
  const how = await child.exited;
  if (how !== "exit code 0") {
    throw new Error(`Expected the redrive to start, but it ended: ${how}`);
  }
  return lines.join("\n");
}
