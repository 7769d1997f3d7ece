import { join } from "node:path";
import { vendorControl } from "#shared/vendor-simulator/control.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { build } from "./build/build.ts";
import { keepApi, keepWorker, startStore, startVendorProcess } from "./chapter-processes.ts";
import type { StartingStore, Store } from "./chapter-processes.ts";
import { chapterIn, readParts } from "./chapters.ts";
import type { Chapter, ChapterParts } from "./chapters.ts";
import { endsWithin } from "./child-process.ts";
import type { Child } from "./child-process.ts";
import type { KeptProcess } from "./kept-process.ts";
import type { SomeAws } from "./other-aws.ts";
import { outputsBehind } from "#shared/local-aws/template/stack.ts";
import { eventsKept, toldPart } from "#shared/tracing/parts.ts";
import { TraceRecorder } from "#shared/tracing/recorder.ts";
import { ToldCustomers } from "#shared/tracing/told-customers.ts";
import { traceOfChapter } from "./trace-of-chapter.ts";
import { createRunningChapter } from "./running-chapter.ts";
import type { RunningChapter } from "./running-chapter.ts";
import { seedInventory } from "./seed.ts";
import { ownCertificates } from "./environment.ts";
import { awsEnvironment, startAws, teachingParameters } from "./start-aws.ts";
import type { Endpoints } from "./start-aws.ts";

export interface ChapterOptions {
  /** An absolute path, or a name such as "05-dead-letter-queue". */
  folder: string;
  weather?: Partial<Weather>;
  /** How many devices the inventory has. Default 3,000. */
  devices?: number;
  /** Parameters of the template. They override the workshop's. */
  parameters?: Readonly<Record<string, string>>;
  /** Variables for the API, the worker and the functions. They override the launcher's. */
  environment?: Readonly<Record<string, string>>;
  /** Replaces the maximum concurrency that the template gives its event source mappings. */
  maximumConcurrency?: number;
  /** Another emulator in place of the embedded AWS, for chapters without a function. */
  endpoints?: Endpoints | undefined;
  /** A stack on a real account in place of the embedded AWS: its queues, its tables, and its functions if it has any. */
  deployed?: { aws: SomeAws; environment: Record<string, string> } | undefined;
  /** Changes what a chapter's store reports before the other processes see it. Tests put a proxy in between. */
  changeStore?: (store: Store) => Store;
  /** Whether anything consumes the queue. False starts no worker and leaves the event source mappings off. Default true. */
  consumers?: boolean;
  /**
   * What is recorded: what the servers do, which is the default; also the customers, as the API sees them; or nothing, to measure
   * what recording costs.
   */
  trace?: "servers" | "customers" | "off";
  /** The weather's seed. Default 1. */
  seed?: number;
  /** Default 0: any free port. */
  apiPort?: number;
  /** How long the API and the worker may take to start. Default 20,000. */
  readyWithinMs?: number;
  onLine?: (process: string, line: string) => void;
}

/** What has been started, from the first process on, so that a start that fails half-way can be undone. */
interface StartedParts {
  chapter: Chapter;
  parts: ChapterParts;
  vendor?: Child;
  store?: StartingStore;
  aws?: SomeAws;
  api?: KeptProcess;
  worker?: KeptProcess;
}

// Nothing is kept on disk, so there is nothing to lose: what hasn't ended by then is killed.
const stopWithinMs = 1_000;

/** Starts a complete chapter with a seeded inventory, ready for requests. If that fails, stops everything and throws one error. */
export async function startChapter(options: ChapterOptions): Promise<RunningChapter> {
  const chapter = chapterIn(options.folder);
  const started: StartedParts = { chapter, parts: readParts(chapter) };
  try {
    return await start(options, started);
  } catch (error) {
    await stopAll(started);
    throw error;
  }
}

async function start(options: ChapterOptions, started: StartedParts): Promise<RunningChapter> {
  const { chapter, parts } = started;
  const { devices = 3_000, consumers = true, deployed, onLine = () => {} } = options;
  const { trace = "servers" } = options;
  const seed = options.seed === undefined ? {} : { seed: options.seed };
  const { folder } = chapter;

  // A first start is mostly building, so all builds begin at once. Whatever needs a file waits for that one.
  void Promise.allSettled(ownFiles(parts).map((file) => build(join(folder, file))));
  const vendor = await startVendorProcess({
    weather: { ...seed, ...options.weather },
    hasTrace: trace !== "off",
    onLine,
  });
  started.vendor = vendor;
  if (parts.hasStore) {
    started.store = await startStore({ folder, devices, onLine });
  }
  const vendorUrl = String((await vendor.ready)["url"]);
  const told = await started.store?.told;
  const store = told && (options.changeStore ?? ((same) => same))(told);

  const parameters = { ...teachingParameters(parts, { vendorUrl, store }), ...options.parameters };
  const { environment: wanted = {}, maximumConcurrency, endpoints } = options;
  const startOurs = () =>
    startAws({
      parts,
      vendorUrl,
      parameters,
      environment: wanted,
      consumers,
      maximumConcurrency,
      endpoints,
      hasTrace: trace !== "off",
      onLine,
    });
  const aws = deployed?.aws ?? (await startOurs());
  started.aws = aws;

  const awsVariables = deployed ? { ...deployed.environment, ...ownCertificates() } : awsEnvironment(aws);
  const env = {
    ...awsVariables,
    ...outputsBehind(wanted["AWS_ENDPOINT_URL_SQS"], aws.outputs, aws.sqsUrl),
    VENDOR_URL: vendorUrl,
    ...store?.environment,
    ...wanted,
  };
  const { api, customers } = await startOwn(started, { ...options, consumers, env }, async () => {
    // A store seeds itself before it is ready. On an account `npm run cloud seed` does it, once.
    await (started.store?.child.ready ??
      (deployed ? undefined : seedInventory({ ...aws, templateFile: parts.templateFile, devices })));
  });

  const control = vendorControl(vendorUrl);
  const launcher = new TraceRecorder("launcher", eventsKept.launcher);
  return createRunningChapter({
    launcher,
    trace: traceOfChapter({ chapter, parts, aws, vendor, control, launcher, customers, wanted: trace }),
    chapter,
    parts,
    aws,
    api: api.process,
    worker: started.worker,
    apiUrl: api.url(),
    vendor: { url: vendorUrl, child: vendor, control },
    store: store && { ...store, child: started.store?.child },
    // This gets written into a file, so it must not contain credentials.
    environment: { ...(deployed ? {} : awsVariables), ...store?.environment },
    stop: () => stopAll(started),
  });
}

/** Starts the chapter's own processes, its API and its worker, while `seeded` is pending. */
async function startOwn(
  started: StartedParts,
  options: ChapterOptions & { env: Record<string, string> },
  seeded: () => Promise<void>,
) {
  const { env, readyWithinMs, onLine = () => {}, apiPort: port = 0, trace } = options;
  const { folder } = started.chapter;
  const customers = trace === "customers" ? new TraceRecorder("api", eventsKept.api) : undefined;
  const told = customers && new ToldCustomers(customers);
  const api = await keepApi({ folder, env, readyWithinMs, onLine, port, customers: told });
  started.api = api.process;
  if (started.parts.hasWorker) {
    started.worker = await keepWorker({ folder, env, readyWithinMs, onLine });
  }
  await Promise.all([
    seeded(),
    api.process.start(),
    options.consumers === true ? started.worker?.start() : undefined,
  ]);
  return { api, customers: customers && told && toldPart(customers, told, api.process.ask) };
}

const ownFiles = ({ hasWorker, hasStore }: ChapterParts): string[] => [
  "main.ts",
  ...(hasWorker ? ["worker.ts"] : []),
  ...(hasStore ? ["store.ts"] : []),
];

/** Stops them in the order in which work flows, so that no process loses what it calls. */
async function stopAll({ api, worker, aws, vendor, store, parts }: StartedParts): Promise<void> {
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
