import { join } from "node:path";
import { vendorControl } from "#shared/vendor-simulator/control.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { chapterIn, projectFolder, readParts } from "./chapters.ts";
import type { Chapter, ChapterParts } from "./chapters.ts";
import { endsWithin, forkChild } from "./child-process.ts";
import type { Child } from "./child-process.ts";
import { awsEnvironment } from "./environment.ts";
import { outputsBehind } from "./outputs.ts";
import type { SomeAws } from "./elsewhere.ts";
import type { Endpoints } from "./endpoints.ts";
import { KeptProcess } from "./kept-process.ts";
import { createRunningChapter } from "./running-chapter.ts";
import type { RunningChapter } from "./running-chapter.ts";
import { seedInventory } from "./seed.ts";
import { startAws } from "./start-aws.ts";
import { forkStore } from "./store.ts";
import type { StartingStore, Store } from "./store.ts";
import { teachingParameters } from "./teaching.ts";

export type { RunningChapter } from "./running-chapter.ts";

export interface ChapterOptions {
  /** Absolute, or a name such as "05-dead-letter-queue". */
  folder: string;
  weather?: Partial<Weather>;
  /** How many devices the inventory has. Default 3,000. */
  devices?: number;
  /** Of the template; they come before the workshop's own. */
  parameters?: Readonly<Record<string, string>>;
  /** For the API, the worker and the functions; it comes before what the launcher sets. */
  environment?: Readonly<Record<string, string>>;
  /** In place of the one that the template gives its event source mappings. */
  maximumConcurrency?: number;
  /** Another emulator in place of the embedded AWS, for chapters without a function. */
  endpoints?: Endpoints | undefined;
  /** A stack on a real account in place of the embedded AWS: its queues and tables, and its functions if it has any. */
  deployed?: { aws: SomeAws; environment: Record<string, string> } | undefined;
  /** Changes what a chapter's store tells of itself, before anybody hears of it: a test puts a proxy between. */
  changeStore?: (store: Store) => Store;
  /** Whether anybody works on the queue: false starts no worker, and the event source mappings switched off. Default true. */
  consumers?: boolean;
  /** Of the weather. Default 1. */
  seed?: number;
  /** Default 0: a free one. */
  apiPort?: number;
  /** How long the API and the worker may take to start. Default 20,000. */
  readyWithinMs?: number;
  onLine?: (process: string, line: string) => void;
}

/** What runs, from the first process on, so that a start which fails half-way can be undone. */
interface Parts {
  chapter: Chapter;
  parts: ChapterParts;
  vendor?: Child;
  store?: StartingStore;
  aws?: SomeAws;
  api?: KeptProcess;
  worker?: KeptProcess;
}

// Nothing is kept on disk, so there is nothing to lose: whoever doesn't end by then is killed.
const stopWithinMs = 1_000;

/** Starts a chapter whole, its inventory seeded, ready for requests. If it can't, everything is stopped and one error says why. */
export async function startChapter(options: ChapterOptions): Promise<RunningChapter> {
  const chapter = chapterIn(options.folder);
  const started: Parts = { chapter, parts: readParts(chapter) };
  try {
    return await start(options, started);
  } catch (error) {
    await stopAll(started);
    throw error;
  }
}

async function start(options: ChapterOptions, started: Parts): Promise<RunningChapter> {
  const { chapter, parts } = started;
  const { devices = 3_000, environment = {}, consumers = true, onLine = () => {} } = options;
  const seed = options.seed === undefined ? {} : { seed: options.seed };

  started.vendor = forkChild({
    name: "vendor",
    file: join(projectFolder, "shared", "vendor-simulator", "main.ts"),
    args: [JSON.stringify({ ...seed, ...options.weather })],
    onLine,
  });
  if (parts.hasStore) {
    started.store = forkStore({ folder: chapter.folder, devices, onLine });
  }
  const vendorUrl = String((await started.vendor.ready)["url"]);
  const found = await started.store?.told;
  const store = found && (options.changeStore ?? ((same) => same))(found);

  const parameters = { ...teachingParameters(parts, { vendorUrl, store }), ...options.parameters };
  const { deployed } = options;
  const aws = options.deployed?.aws ?? (await startAws(options, { parts, vendorUrl, parameters }));
  started.aws = aws;

  const awsVariables = deployed?.environment ?? awsEnvironment(aws);
  const child = (name: string, file: string, more: Record<string, string> = {}) =>
    forkChild({
      name,
      file: join(chapter.folder, file),
      env: {
        ...awsVariables,
        ...outputsBehind(environment["AWS_ENDPOINT_URL_SQS"], aws.outputs, aws.sqsUrl),
        VENDOR_URL: vendorUrl,
        ...store?.environment,
        ...environment,
        ...more,
      },
      onLine,
      ...(options.readyWithinMs !== undefined && { readyWithinMs: options.readyWithinMs }),
    });
  let apiPort = options.apiPort ?? 0;
  const tellLauncher = (line: string) => onLine("launcher", line);
  started.api = new KeptProcess({
    name: "api",
    fork: () => child("api", "main.ts", { PORT: String(apiPort) }),
    onReady: async ({ port }) => {
      apiPort = Number(port);
      await fetch(`http://127.0.0.1:${apiPort}/healthz`, { signal: AbortSignal.timeout(5_000) });
    },
    onLine: tellLauncher,
  });
  if (parts.hasWorker) {
    started.worker = new KeptProcess({
      name: "worker",
      fork: () => child("worker", "worker.ts"),
      onLine: tellLauncher,
    });
  }

  await Promise.all([
    // A store seeds itself, and is ready when it has.
    started.store?.child.ready ??
      // `npm run cloud seed` does it there, once.
      (deployed ? undefined : seedInventory({ ...aws, templateFile: parts.templateFile, devices })),
    started.api.start(),
    consumers ? started.worker?.start() : undefined,
  ]);

  return createRunningChapter({
    ...started,
    aws,
    api: started.api,
    vendorUrl,
    vendor: vendorControl(vendorUrl),
    vendorExited: started.vendor.exited,
    store: store && { ...store, exited: started.store?.child.exited },
    apiUrl: `http://127.0.0.1:${apiPort}`,
    // It is written into a file: credentials have no place there.
    environment: deployed ? {} : awsVariables,
    stop: () => stopAll(started),
    processes: () =>
      [
        { name: "vendor", pid: started.vendor?.pid },
        { name: "store", pid: started.store?.child.pid },
        { name: "aws", pid: aws.pid },
        { name: "api", pid: started.api?.pid },
        { name: "worker", pid: started.worker?.pid },
      ].flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }])),
  });
}

/** In the order in which work flows, so that nobody is left without what it calls. */
async function stopAll({ api, worker, aws, vendor, store, parts }: Parts): Promise<void> {
  await api?.stop(stopWithinMs);
  await worker?.stop(stopWithinMs);
  if (aws !== undefined) {
    if (parts.hasFunction) {
      await endsWithin(aws.enableMapping(false), stopWithinMs);
    }
    if (!(await endsWithin(aws.stop(), 3 * stopWithinMs)) && aws.pid !== undefined) {
      process.kill(aws.pid, "SIGKILL");
    }
  }
  await Promise.all([vendor?.stop(stopWithinMs), store?.child.stop(3 * stopWithinMs)]);
}
