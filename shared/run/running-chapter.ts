import { setTimeout as sleep } from "node:timers/promises";
import { parseActivation } from "#shared/activation.ts";
import { UsageError } from "#shared/command.ts";
import { readInspection } from "#shared/local-aws/inspection.ts";
import type { ChapterTrace, NoTrace } from "#shared/tracing/chapter-trace.ts";
import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import type { VendorControl } from "#shared/vendor-simulator/control.ts";
import { runRedrive } from "./chapter-processes.ts";
import type { Store } from "./chapter-processes.ts";
import type { Chapter, ChapterParts } from "./chapters.ts";
import type { Child } from "./child-process.ts";
import type { KeptProcess } from "./kept-process.ts";
import type { SomeAws } from "./other-aws.ts";

/** The CPU time of one of a chapter's processes since it started. */
export interface ProcessorTime {
  /** "api", "aws"; all execution environments of all functions together are "environments". */
  name: string;
  /** Absent for the environments. */
  pid?: number;
  ms: number;
}

export type Target = "api" | "worker" | "function";

/** A process that was killed, and the devices whose vendor calls were open at that moment. */
interface Killed {
  pid: number;
  openCalls: string[];
  /** For a function's environment: all devices that it was working on. */
  inHand?: string[];
}

/** A chapter that answers, on this machine or on an account: all that a measurement may ask of it anywhere. */
export interface ReachableChapter {
  apiUrl: string;
  /** Sent with every request if the API requires a key. */
  headers?: Readonly<Record<string, string>>;
  /** Undefined: the SDK's own settings decide. */
  dynamoDbUrl?: string;
  inspectUrl: string;
  /** Where a chapter's own store shows its contents. Undefined if the tables are DynamoDB's. */
  storeUrl?: string;
  outputs: Record<string, string>;
  /** Parameters of the template that differ from its defaults. */
  overrides: Record<string, string>;
  vendor: VendorControl;
  aws: Pick<SomeAws, "deliverTwice">;
  /** Set where counts are approximate: how long a queue must look empty, and how often to look. */
  settle?: { quietForMs: number; everyMs: number };
  /** How far the clock that writes the tickets is ahead of this machine's. Undefined if it is this machine's. */
  clockAheadMs?: number;
  /** The next trial uses the same system, so it can start only when this trial is over and read. */
  isShared?: true;
  /** What does the work in this chapter. */
  worksWith: () => Target;
  /**
   * Sends SIGKILL; to a function in the middle of a vendor call, for which it waits up to 10 s. Resolves when the process is dead;
   * the API and the worker restart on their port. Throws a {@link UsageError} if the chapter has no such process.
   */
  kill: (target: Target) => Promise<Killed>;
  /** Off: resolves once the worker has finished its work, and the event source mappings are off and idle. */
  setConsumers: (on: boolean) => Promise<void>;
  /** What it records of what happens. */
  trace: ChapterTrace | NoTrace;
  /** Of every process that answers in time. Undefined if they don't run on this machine. */
  processorTimes?: (withinMs: number) => Promise<ProcessorTime[]>;
  /** Runs the chapter's redrive. Returns what it printed. */
  redrive: () => Promise<string>;
  /** Stops the processes in order, each within a time limit, and then by force. */
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
  /** Those that run at this moment. The function's environments belong to the embedded AWS. */
  processes: () => { name: string; pid: number }[];
  /** Resolves when every process answers, also after a kill. Rejects if one was given up. */
  whenReady: () => Promise<void>;
  /** Resolves with a sentence if the chapter can't go on. */
  broken: Promise<string>;
}

/** Whether the customer gets a ticket, which later says what became of the request. */
export const hasTickets = ({ outputs, storeUrl }: Pick<ReachableChapter, "outputs" | "storeUrl">): boolean =>
  outputs["ACTIVATIONS_TABLE"] !== undefined || storeUrl !== undefined;

/** Whether accepted work waits in a queue: SQS's, or Lambda's internal one for asynchronous invocations. */
export const hasQueue = (running: Pick<ReachableChapter, "outputs">): boolean =>
  running.outputs["QUEUE_URL"] !== undefined || invokesFunction(running);

/** Whether the API invokes the function itself. */
export const invokesFunction = ({ outputs }: Pick<ReachableChapter, "outputs">): boolean =>
  outputs["ACTIVATION_FUNCTION"] !== undefined;

/** Everything that a running chapter consists of. */
interface Assembly {
  chapter: Chapter;
  parts: ChapterParts;
  aws: SomeAws;
  api: KeptProcess;
  worker: KeptProcess | undefined;
  apiUrl: string;
  vendor: { url: string; child: Child; control: VendorControl };
  store: (Store & { child: Child | undefined }) | undefined;
  environment: Record<string, string>;
  /** Records what the launcher does to the chapter. */
  launcher: TraceRecorder;
  trace: ChapterTrace | NoTrace;
  stop: () => Promise<void>;
}

// Longer than the vendor's and the function's timeout, so that work in progress can end.
const consumersStopWithinMs = 10_000;

/** Creates the running chapter from its parts, which the caller has started. */
export function createRunningChapter(assembly: Assembly): RunningChapter {
  const { chapter, parts, aws, api, worker, store, environment, launcher, trace } = assembly;
  const vendor = assembly.vendor.control;
  const worksWith = () => (worker !== undefined ? "worker" : parts.hasFunction ? "function" : "api");
  let stopping: Promise<void> | undefined;

  return {
    chapter: chapter.name,
    apiUrl: assembly.apiUrl,
    vendorUrl: assembly.vendor.url,
    sqsUrl: aws.sqsUrl,
    dynamoDbUrl: aws.dynamoDbUrl,
    lambdaUrl: aws.lambdaUrl,
    inspectUrl: aws.inspectUrl,
    ...(store && { storeUrl: store.url }),
    outputs: aws.outputs,
    overrides: aws.overrides,
    environment,
    vendor,
    aws: {
      ...aws,
      deliverTwice: async (everyNth, delaysMs) => {
        await aws.deliverTwice(everyNth, delaysMs);
        launcher.note({ kind: "duplicates", everyNth });
      },
    },
    trace,
    processes: () => processesOf(assembly),
    processorTimes: (withinMs) => processorTimesOf(assembly, withinMs),
    worksWith,
    kill: (target) => killPart(target, { ...assembly, worksWith: worksWith() }),
    setConsumers: async (on) => {
      await Promise.all([
        on ? worker?.start() : worker?.stop(consumersStopWithinMs),
        parts.hasFunction ? aws.enableMapping(on) : undefined,
      ]);
      launcher.note({ kind: "consumers", on });
    },
    whenReady: async () => {
      await Promise.all([api.whenReady(), worker?.whenReady()]);
    },
    redrive: async () => {
      if (!parts.hasRedrive) {
        throw new UsageError(`${chapter.name} has no redrive.ts: it has no dead-letter queue to bring back.`);
      }
      return await runRedrive({ folder: chapter.folder, environment: { ...environment, ...aws.outputs } });
    },
    broken: new Promise((resolve) => {
      const tell = (sentence: string) => stopping ?? resolve(sentence);
      void assembly.vendor.child.exited.then((how) => tell(`The vendor simulator ended by itself (${how})`));
      void store?.child?.exited.then((how) => tell(`The store ended by itself (${how})`));
      void aws.exited.then(() => tell("The embedded AWS ended by itself"));
      void api.givenUp.then(tell);
      void worker?.givenUp.then(tell);
    }),
    stop: () => (stopping ??= assembly.stop()),
  };
}

async function killPart(
  target: Target,
  { chapter, parts, aws, api, worker, vendor, launcher, worksWith }: Assembly & { worksWith: Target },
): Promise<Killed> {
  const victim = { api, worker, function: parts.hasFunction ? ("environment" as const) : undefined }[target];
  if (victim === undefined) {
    throw new UsageError(`${chapter.name} has no ${target}: its work is done by the ${worksWith}.`);
  }
  if (victim === "environment") {
    return await killBusyEnvironment({ aws, vendor: vendor.control, launcher });
  }
  const openBefore = await vendor.control.openCalls();
  if (victim.pid !== undefined) {
    launcher.note({ kind: "killed", target: victim === api ? "api" : "worker", pid: victim.pid });
  }
  const pid = await victim.kill();
  const callsVendor = worksWith === target;
  return {
    pid,
    openCalls: callsVendor ? [...new Set([...openBefore, ...(await vendor.control.openCalls())])] : [],
  };
}

function processesOf({ vendor, store, aws, api, worker }: Assembly): { name: string; pid: number }[] {
  return [
    { name: "vendor", pid: vendor.child.pid },
    { name: "store", pid: store?.child?.pid },
    { name: "aws", pid: aws.pid },
    { name: "api", pid: api.pid },
    { name: "worker", pid: worker?.pid },
  ].flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]));
}

async function processorTimesOf(assembly: Assembly, withinMs: number): Promise<ProcessorTime[]> {
  const { vendor, store, aws, api, worker } = assembly;
  const times = [
    { name: "vendor", pid: vendor.child.pid, ms: vendor.child.processorMs(withinMs) },
    { name: "store", pid: store?.child?.pid, ms: store?.child?.processorMs(withinMs) },
    { name: "aws", pid: aws.pid, ms: aws.processorMs?.(withinMs) },
    { name: "api", pid: api.pid, ms: api.processorMs(withinMs) },
    { name: "worker", pid: worker?.pid, ms: worker?.processorMs(withinMs) },
  ].map(async ({ name, pid, ms }) => ({ name, pid, ms: await ms }));
  const [{ functions }, ...each] = await Promise.all([readInspection(aws.inspectUrl, "without"), ...times]);
  const known = each.flatMap(({ name, pid, ms }) =>
    pid === undefined || ms === undefined ? [] : [{ name, pid, ms }],
  );
  return functions.length === 0
    ? known
    : [...known, { name: "environments", ms: functions.reduce((sum, one) => sum + one.processorMs, 0) }];
}

const waitForCallMs = 10_000;
const pollEveryMs = 10;

/** Waits for an environment in the middle of a vendor call, and kills that one. */
async function killBusyEnvironment({
  aws,
  vendor,
  launcher,
}: {
  aws: SomeAws;
  vendor: VendorControl;
  launcher: TraceRecorder;
}): Promise<Killed> {
  const untilMs = performance.now() + waitForCallMs;
  while (performance.now() < untilMs) {
    const { functions } = await readInspection(aws.inspectUrl, "without");
    const open = await vendor.openCalls();
    const [chosen] = functions
      .flatMap(({ environments }) => environments)
      .map(({ pid, bodies }) => ({ pid, devices: bodies.flatMap(deviceOf) }))
      .map((each) => ({ ...each, youngest: Math.max(...each.devices.map((device) => open.indexOf(device))) }))
      .filter(({ youngest }) => youngest >= 0)
      // The call that began last has the longest to go: others may end before the kill reaches them.
      .toSorted((left, right) => right.youngest - left.youngest);
    if (chosen !== undefined) {
      const { pid, devices } = chosen;
      const openBefore = devices.filter((device) => open.includes(device));
      launcher.note({ kind: "killed", target: "function", pid });
      await aws.killEnvironment(pid);
      // A call may have begun between the two looks. The vendor completes it although its caller is dead.
      const openAfter = new Set(await vendor.openCalls());
      return {
        pid,
        inHand: devices,
        openCalls: devices.filter((device) => openBefore.includes(device) || openAfter.has(device)),
      };
    }
    await sleep(pollEveryMs);
  }
  throw new Error(
    `Expected the function to be in the middle of a call at the vendor within ${waitForCallMs / 1_000} s, but it was not: activate a device first`,
  );
}

function deviceOf(body: string): string[] {
  try {
    return [parseActivation(body).macAddress];
  } catch {
    // A message that someone sent by hand belongs to no vendor call.
    return [];
  }
}
