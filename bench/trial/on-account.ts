import { setTimeout as sleep } from "node:timers/promises";
import { SQSClient, PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { askAccount, confirm, needKey, readDotEnv } from "#shared/cloud/account.ts";
import { findStack, needWholeStack, seedStack } from "#shared/cloud/stack.ts";
import { startInspectServer } from "#shared/local-aws/inspection.ts";
import { lookAtQueue } from "#shared/run/other-aws.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import { teachingTimes } from "#shared/run/start-aws.ts";
import { vendorControl } from "#shared/vendor-simulator/control.ts";
import type { VendorControl } from "#shared/vendor-simulator/control.ts";
import { UsageError } from "#shared/command.ts";
import { accountHorizonMs } from "../plan/plans.ts";
import { accountNote } from "../plan/rows.ts";
import { readOtherClock } from "./other-clock.ts";
import type { OtherClock } from "./other-clock.ts";
import type { StartOptions } from "./start.ts";

/** What the command says about the account. */
export interface AccountWish {
  url: string;
  realAws: boolean;
  profile?: string;
  region?: string;
  stack?: string;
  yes: boolean;
}

// AWS's counts of a queue are approximate. If it looks empty this long, it is.
const approximate = { quietForMs: 10_000, everyMs: 2_000 };
// An emulator counts exactly, but what a function is doing at this moment it doesn't show either.
const exact = { quietForMs: 1_000, everyMs: 500 };
const purgeMs = 60_000;

/**
 * Finds the deployed stack, and announces what is measured where. Returns how to start each trial on it. Throws a {@link UsageError}
 * for a URL that isn't the stack's, a missing key, or a "no".
 */
export async function connectToAccount(wish: AccountWish) {
  const env = readDotEnv();
  const { account, region, endpoint } = await askAccount({ ...wish, env });
  const name = wish.stack ?? "take-a-ticket-08";
  const stack = needWholeStack(await findStack(name), name);
  const { API_URL: apiUrl = "", VENDOR_URL: vendorUrl = "" } = stack.outputs;
  const isItsOwn =
    URL.canParse(wish.url) && URL.canParse(apiUrl) && new URL(wish.url).origin === new URL(apiUrl).origin;
  if (!isItsOwn) {
    throw new UsageError(
      `Expected the URL of ${name}, ${apiUrl}, got \`${wish.url}\`: only what is ours is loaded.`,
    );
  }
  const [apiKey, vendorKey] = [needKey("API_KEY", env), needKey("VENDOR_KEY", env)];
  const headers = { "content-type": "application/json", authorization: `Bearer ${apiKey}` };
  const clock = await checkApi(apiUrl, headers);
  const vendor = vendorControl(vendorUrl, vendorKey);
  await vendor.weather();

  console.error(
    `account ${account}, region ${region}${endpoint === undefined ? "" : `, at ${endpoint}`}, stack ${name}`,
  );
  await confirm(
    `Load ${apiUrl}, after emptying the stack's queues and its vendor's ledger? A cent or two.`,
    wish.yes,
  );
  const sqs = new SQSClient({});
  const settle = isEmulated(env) ? exact : approximate;
  return {
    start: (options: StartOptions) => startOn({ stack, headers, vendor, clock, sqs, settle }, options),
    stop: () => sqs.destroy(),
    note:
      `${accountNote}: account ...${account.slice(-4)}, ${region}: what AWS took, and the way there; its vendor takes 22 calls at once ` +
      `and has no line; when a device works is told by a clock ${Math.round(clock.aheadMs)} ms ahead of this machine's ` +
      `(known to ${Math.ceil(clock.withinMs)} ms), which is allowed for`,
  };
}

interface Deployment {
  stack: ReturnType<typeof needWholeStack>;
  headers: Record<string, string>;
  vendor: VendorControl;
  clock: OtherClock;
  sqs: SQSClient;
  settle: NonNullable<ReachableChapter["settle"]>;
}

/** Resets the stack for one trial: its inventory, its queues, and its vendor's ledger and weather. */
async function startOn(
  { stack, headers, vendor, clock, sqs, settle }: Deployment,
  { devices, weather }: StartOptions,
): Promise<ReachableChapter> {
  const { API_URL: apiUrl = "", QUEUE_URL: queueUrl = "" } = stack.outputs;
  const { DEAD_LETTER_QUEUE_URL: asideUrl = "", DEVICES_TABLE: devicesTable = "" } = stack.outputs;
  await Promise.all([
    seedStack(devicesTable, devices),
    emptyQueues(sqs, [queueUrl, asideUrl]),
    vendor.forget(),
  ]);
  await vendor.setWeather({ ...weather, outage: false, poison: [] });
  const inspection = await startInspectServer(async ({ withMessages }) => ({
    atMs: Date.now(),
    // Looking at a message means receiving it, so look only at queues that the function doesn't receive from.
    queues: await Promise.all([lookAtQueue(sqs, queueUrl, false), lookAtQueue(sqs, asideUrl, withMessages)]),
    functions: [],
  }));
  return {
    apiUrl: apiUrl.replace(/\/$/, ""),
    headers,
    inspectUrl: inspection.url,
    outputs: stack.outputs,
    overrides: onlyTimes(stack.parameters),
    vendor,
    settle,
    isShared: true,
    clockAheadMs: clock.aheadMs,
    aws: { deliverTwice: async () => {} },
    trace: { whyNone: "A stack on an account has no trace: AWS shows nobody what it does with a message." },
    worksWith: () => "function",
    kill: cannot("kill a function"),
    redrive: cannot("redrive in the middle of a benchmark"),
    setConsumers: async (on) => {
      if (!on) {
        refuseUnlessDrained(await lookAtQueue(sqs, queueUrl, false));
      }
    },
    stop: () => inspection.close(),
  };
}

/** Whether the SDK's variables name an emulator on this machine in place of AWS's queues. */
function isEmulated(env: NodeJS.ProcessEnv): boolean {
  const url = env["AWS_ENDPOINT_URL_SQS"] ?? env["AWS_ENDPOINT_URL"] ?? "";
  return URL.canParse(url) && ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

const cannot = (what: string) => async (): Promise<never> => {
  throw new Error(`You can't ${what} on AWS: the plan must not ask for it`);
};

/** The ledger must know where every message is, and the place of a hidden one can't be read. */
export function refuseUnlessDrained(counts: { visible: number; inFlight: number; delayed: number }): void {
  const left = counts.visible + counts.inFlight + counts.delayed;
  if (left > 0) {
    throw new Error(
      `about ${left} messages were still in the queue after ${accountHorizonMs / 1_000} s, and what is hidden there can't be read: the run is refused`,
    );
  }
}

/** Checks that it answers and accepts the key. Returns its clock, by which the tickets are written. */
async function checkApi(url: string, headers: Record<string, string>) {
  const response = await fetch(new URL("/healthz", url), {
    headers,
    signal: AbortSignal.timeout(15_000),
  }).catch((cause: unknown) => {
    throw new UsageError(`Expected an answer at ${url}, got none; is the stack deployed whole?`, { cause });
  });
  if (response.status === 401 || response.status === 403) {
    throw new UsageError(
      `The API answers ${response.status}: API_KEY in .env is not the one that was deployed.`,
    );
  }
  if (!response.ok) {
    throw new UsageError(`Expected 200 from ${url}/healthz, got ${response.status}; see the function's log.`);
  }
  return await readOtherClock(new URL("/healthz", url), headers);
}

/**
 * Purges the queues that are not empty, and waits as long as that may take: SQS may also delete what is sent meanwhile
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html).
 */
export async function emptyQueues(
  sqs: SQSClient,
  urls: readonly string[],
  wait: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
  let purged = false;
  for (const QueueUrl of urls) {
    const { visible, inFlight, delayed } = await lookAtQueue(sqs, QueueUrl, false);
    // Allowed once in 60 s, so only if necessary.
    if (visible + inFlight + delayed > 0) {
      await sqs.send(new PurgeQueueCommand({ QueueUrl }));
      purged = true;
    }
  }
  if (purged) {
    console.error(`The stack's queues are being emptied: ${purgeMs / 1_000} s.`);
    await wait(purgeMs);
  }
}

/** The numbers in force. Keys show as asterisks there, and belong in no result. */
const onlyTimes = (parameters: Record<string, string>) =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => Object.hasOwn(teachingTimes, name)));
