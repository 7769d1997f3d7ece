import type { SomeAws } from "./elsewhere.ts";
import type { VendorControl } from "#shared/vendor-simulator/control.ts";
import { UsageError } from "#shared/command.ts";
import type { Chapter, ChapterParts } from "./chapters.ts";
import type { KeptProcess } from "./kept-process.ts";
import { killBusyEnvironment } from "./kill-function.ts";
import type { Killed } from "./kill-function.ts";
import { runRedrive } from "./redrive.ts";
import type { Store } from "./store.ts";

export type Target = "api" | "worker" | "function";

/** A chapter that answers, on this machine or on an account: what a measurement may ask of it wherever it runs. */
export interface ReachableChapter {
  apiUrl: string;
  /** Sent with every request, where the API asks for a key. */
  headers?: Readonly<Record<string, string>>;
  /** Undefined: where the SDK's own settings say. */
  dynamoDbUrl?: string;
  inspectUrl: string;
  /** Where a chapter's own store shows what it holds; undefined where the tables are DynamoDB's. */
  storeUrl?: string;
  outputs: Record<string, string>;
  /** Parameters of the template that differ from its defaults. */
  overrides: Record<string, string>;
  vendor: VendorControl;
  aws: Pick<SomeAws, "deliverTwice">;
  /** Where what one sees is approximate: for how long nothing must be seen, and how often to look. */
  settle?: { quietForMs: number; everyMs: number };
  /** How far the clock that writes its tickets is ahead of this machine's; undefined: it is this machine's. */
  clockAheadMs?: number;
  /** The next trial uses the same one, so it can start only when this trial is over and read. */
  isShared?: true;
  /** What does the work in this chapter. */
  worksWith: () => Target;
  /**
   * `kill -9`, in the middle of a call at the vendor if it is a function (for which it waits up to 10 s). Resolves when
   * the process is dead; the API and the worker start again on their port. Throws a {@link UsageError} if the chapter
   * has no such process.
   */
  kill: (target: Target) => Promise<Killed>;
  /** Off: the worker has ended what it had begun, the event source mappings are off and idle. */
  setConsumers: (on: boolean) => Promise<void>;
  /** Runs the chapter's redrive; gives what it said. */
  redrive: () => Promise<string>;
  /** In order, bounded, and then by force. */
  stop: () => Promise<void>;
}

/** A chapter whose processes all answer, and all run on this machine. */
export interface RunningChapter extends ReachableChapter {
  /** "05-dead-letter-queue" */
  chapter: string;
  vendorUrl: string;
  sqsUrl: string;
  dynamoDbUrl: string;
  lambdaUrl: string;
  /** The AWS_* variables for an SDK client of the caller. */
  environment: Record<string, string>;
  aws: SomeAws;
  /** Those that run at this moment; the function's environments are the embedded AWS's own. */
  processes: () => { name: string; pid: number }[];
  /** Resolves when every process answers, after a kill too; rejects if one was given up. */
  whenReady: () => Promise<void>;
  /** Resolves with a sentence if the chapter can't go on. */
  broken: Promise<string>;
}

export interface Assembly {
  chapter: Chapter;
  parts: ChapterParts;
  aws: SomeAws;
  api: KeptProcess;
  worker?: KeptProcess;
  apiUrl: string;
  vendorUrl: string;
  vendor: VendorControl;
  vendorExited: Promise<string>;
  store: (Store & { exited: Promise<string> | undefined }) | undefined;
  environment: Record<string, string>;
  processes: RunningChapter["processes"];
  stop: () => Promise<void>;
}

// Longer than the vendor's timeout and the function's: what has begun may end.
const consumersStopWithinMs = 10_000;

export function createRunningChapter(assembly: Assembly): RunningChapter {
  const { chapter, parts, aws, api, worker, vendor } = assembly;
  const worksWith = () => (worker !== undefined ? "worker" : parts.hasFunction ? "function" : "api");
  let stopping: Promise<void> | undefined;

  const processOf = (target: "api" | "worker"): KeptProcess => {
    const found = target === "api" ? api : worker;
    if (found === undefined) {
      throw new UsageError(`${chapter.name} has no ${target}: its work is done by the ${worksWith()}.`);
    }
    return found;
  };
  const killProcess = async (target: "api" | "worker"): Promise<Killed> => {
    const openBefore = await vendor.openCalls();
    const pid = await processOf(target).kill();
    const callsVendor = worksWith() === target;
    return {
      pid,
      openCalls: callsVendor ? [...new Set([...openBefore, ...(await vendor.openCalls())])] : [],
    };
  };

  return {
    chapter: chapter.name,
    apiUrl: assembly.apiUrl,
    vendorUrl: assembly.vendorUrl,
    sqsUrl: aws.sqsUrl,
    dynamoDbUrl: aws.dynamoDbUrl,
    lambdaUrl: aws.lambdaUrl,
    inspectUrl: aws.inspectUrl,
    ...(assembly.store && { storeUrl: assembly.store.url }),
    outputs: aws.outputs,
    overrides: aws.overrides,
    environment: { ...assembly.environment, ...assembly.store?.environment },
    vendor,
    aws,
    processes: assembly.processes,
    worksWith,
    kill: async (target) => {
      if (target === "function") {
        if (!parts.hasFunction) {
          throw new UsageError(`${chapter.name} has no function: its work is done by the ${worksWith()}.`);
        }
        return await killBusyEnvironment({ aws, vendor });
      }
      return await killProcess(target);
    },
    setConsumers: async (on) => {
      await Promise.all([
        on ? worker?.start() : worker?.stop(consumersStopWithinMs),
        parts.hasFunction ? aws.enableMapping(on) : undefined,
      ]);
    },
    whenReady: async () => {
      await Promise.all([api.whenReady(), worker?.whenReady()]);
    },
    redrive: async () => {
      if (!parts.hasRedrive) {
        throw new UsageError(`${chapter.name} has no redrive.ts: it has no dead-letter queue to bring back.`);
      }
      return await runRedrive({
        folder: chapter.folder,
        environment: { ...assembly.environment, ...aws.outputs },
      });
    },
    broken: new Promise((resolve) => {
      const tell = (sentence: string) => stopping ?? resolve(sentence);
      void assembly.vendorExited.then((how) => tell(`The vendor simulator ended by itself (${how})`));
      void assembly.store?.exited?.then((how) => tell(`The store ended by itself (${how})`));
      void aws.exited.then(() => tell("The embedded AWS ended by itself"));
      void api.givenUp.then(tell);
      void worker?.givenUp.then(tell);
    }),
    stop: () => (stopping ??= assembly.stop()),
  };
}
