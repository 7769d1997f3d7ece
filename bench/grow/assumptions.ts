import { readCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { assumed } from "#shared/cloud/cost.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";

interface Assumption {
  value: number;
  least: number;
  most: number;
  what: string;
  source: string;
}

const guide = (page: string) => `AWS, ${page}`;
const template = "chapters/08-aws/template.yaml";
const simulator = "shared/vendor-simulator/weather.ts";
const scaling = guide("Lambda guide, services-sqs-scaling");
const provisioned = guide("News Blog 2025-11-14, and API_ProvisionedPollerConfig");
const onDemand = guide("DynamoDB guide, on-demand-table-throttling");
const profile = "assumption: AWS says single-digit milliseconds";
const ownCost = "npm run cloud cost";

/** Every number that the outcome depends on: its word, its default, and its source. All quotas are for us-east-1. */
const assumptions = {
  seconds: number(3_600, 1, 36_000, "so long do customers come", "this command"),
  seed: number(1, 0, 1e6, "of everything drawn", "this command"),
  median: number(usualWeather.medianMs, 1, 60_000, "ms, the vendor's median", simulator),
  p99: number(usualWeather.p99Ms, 1, 60_000, "ms, the vendor's p99", simulator),
  capacity: number(
    usualWeather.capacity,
    1,
    1e5,
    "calls at once, of the vendor that stays as it is",
    simulator,
  ),
  line: number(usualWeather.line, 0, 1e5, "calls in its line; the next one is told 429", simulator),
  batch: number(4, 1, 10, "messages, BatchSize", template),
  concurrency: number(5, 2, 1_000, "batches at once, MaximumConcurrency", template),
  receives: number(5, 1, 100, "deliveries, maxReceiveCount", template),
  retention: number(4, 1, 14, "days until SQS deletes a message", template),
  first: number(5, 1, 20_000, "batches at once at first", scaling),
  more: number(300, 0, 1e5, "batches at once more each minute", scaling),
  most: number(1_250, 1, 20_000, "batches at once without MaximumConcurrency", scaling),
  pollers: number(20, 2, 200, "pollers at least, provisioned; each runs 10 batches at once", provisioned),
  pollermore: number(1_000, 0, 1e5, "batches at once more each minute in provisioned mode", provisioned),
  pollerprice: number(
    0.009_25,
    0,
    100,
    "dollars for an hour of one poller",
    "assumption: AWS's example, as quoted in two public texts",
  ),
  environments: number(
    1_000,
    1,
    1e9,
    "new environments of a function in 10 s",
    guide("Lambda guide, lambda-concurrency"),
  ),
  inflight: number(
    120_000,
    10,
    1e9,
    "messages in flight, hidden ones too",
    guide("SQS guide, quotas-queues"),
  ),
  api: number(
    10_000,
    1,
    1e9,
    "requests a second, the quota; the template throttles at 200",
    guide("API Gateway guide, limits"),
  ),
  lambda: number(
    1_000,
    1,
    1e9,
    "executions at once, the account's quota",
    guide("Lambda guide, gettingstarted-limits"),
  ),
  table: number(4_000, 1, 1e9, "writes a second of a new table: 4 partitions of 1,000", onDemand),
  tablemost: number(40_000, 1, 1e9, "writes a second, a table's quota", guide("DynamoDB guide, Limits")),
  grows: number(30, 1, 1e6, "minutes until a table takes twice its peak", onDemand),
  retry: number(
    1_000,
    0,
    20_000,
    "ms at most until the SDK's second try of a throttled write",
    "@smithy/core 3.41, submodules/retry",
  ),
  polls: number(1, 0, 100, "questions a customer asks about a ticket", ownCost),
  apims: number(
    assumed.apiSeconds * 1_000,
    1,
    10_000,
    "ms that a request takes in the API's function",
    ownCost,
  ),
  send: number(8, 0, 10_000, "ms, SendMessage", profile),
  call: number(6, 0, 10_000, "ms, one write to a table", profile),
  timeout: number(20, 1, 900, "s, the function's; its leases end half a second later", template),
  start: number(5, 0, 10_000, "ms from the receive to the handler", profile),
  way: number(10, 0, 10_000, "ms to the vendor and back", "assumption: another service in the Region"),
  cold: number(375, 0, 60_000, "ms, a new environment", "speedrun.nobackspacecrew.com, 2025-07-21"),
  hours: number(730, 1, 744, "such loads in a month", "this command: every hour is like this one"),
} as const satisfies Record<string, Assumption>;

function number(value: number, least: number, most: number, what: string, source: string): Assumption {
  return { value, least, most, what, source };
}

type Name = keyof typeof assumptions;
export type Assumed = Record<Name, number>;

const names = Object.keys(assumptions) as Name[];

/** The defaults, replaced by what was given. Throws {@link UsageError} for a value out of range. */
export function assume(said: Partial<Assumed>): Assumed {
  const assumed = Object.fromEntries(
    names.map((name) => {
      const { least, most, what }: Assumption = assumptions[name];
      const value = said[name] ?? assumptions[name].value;
      if (value < least || value > most || !Number.isFinite(value)) {
        throw new UsageError(`Expected \`${name}=\` from ${least} to ${most} (${what}), got ${value}.`);
      }
      return [name, value];
    }),
  ) as Assumed;
  if (assumed.p99 < assumed.median) {
    throw new UsageError(
      `Expected \`p99=\` to be at least the median of ${assumed.median}, got ${assumed.p99}.`,
    );
  }
  for (const name of [
    "seconds",
    "batch",
    "concurrency",
    "receives",
    "capacity",
    "line",
    "pollers",
  ] as const) {
    if (!Number.isInteger(assumed[name])) {
      throw new UsageError(`Expected \`${name}=\` to be a whole number, got ${assumed[name]}.`);
    }
  }
  return assumed;
}

/** Every assumption with its word, its value and its source. */
export function assumptionLines(assumed: Assumed): string[] {
  return names.flatMap((name) => {
    const { what, source } = assumptions[name];
    return [`  ${`${name}=${assumed[name]}`.padEnd(18)} ${what}`, `${" ".repeat(21)}${source}`];
  });
}

export const usage = usageOf("grow");
const usualRates = [10, 100, 1_000, 10_000];
// This many take 900 MB.
const mostMessages = 40e6;

/** What the command has to do. */
export interface Wish {
  shows: "help" | "agreement" | "growth" | "reference";
  rates: readonly number[];
  assumed: Assumed;
}

/** Reads the command's words. Throws {@link UsageError}. */
export function readWish(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Wish {
  const flags = Object.fromEntries(names.map((name) => [name, "number" as const]));
  const { words, flags: said } = readCommand({ usage, flags: { ...flags, help: "switch" } }, argv, env);
  const { help, ...numbers } = said as Partial<Assumed> & { help?: true };
  const assumed = assume(numbers);
  if (help === true) {
    return { shows: "help", rates: [], assumed };
  }
  if (words.length === 1 && words[0] === "agreement") {
    return { shows: "agreement", rates: [], assumed };
  }
  if (words.length === 1 && words[0] === "reference") {
    if (Object.keys(numbers).length > 0) {
      throw new UsageError(
        "Expected `reference` alone, since 08's README shows the usual assumptions; leave out the others.",
      );
    }
    return { shows: "reference", rates: usualRates, assumed };
  }
  const rates = words.length === 0 ? usualRates : words.map(readRate);
  const most = Math.max(...rates) * assumed.seconds;
  if (most > mostMessages) {
    throw new UsageError(
      `Expected at most ${mostMessages / 1e6} million customers, got ${most / 1e6} million; ask for fewer a second, or fewer \`seconds=\`.`,
    );
  }
  return { shows: "growth", rates, assumed };
}

function readRate(word: string): number {
  const rate = /^\d{1,5}$/.test(word) ? Number(word) : 0;
  if (rate < 1) {
    throw new UsageError(
      `Expected whole numbers of customers a second from 1 to 99999, \`help\`, \`agreement\` or \`reference\`, got \`${word}\`; write \`${usage}\`.`,
    );
  }
  return rate;
}
