/** A price in dollars, us-east-1, beyond all free tiers, with its source and date. */
interface Price {
  of: string;
  dollars: number;
  per: string;
  source: string;
}

export const prices = {
  httpApi: {
    of: "HTTP API",
    dollars: 1,
    per: "million requests",
    source: "apigatewaycost.com and go-cloud.io, 2026",
  },
  lambdaRequests: { of: "Lambda", dollars: 0.2, per: "million requests", source: "cloudchipr.com, 2024" },
  lambdaGbSeconds: {
    of: "Lambda",
    dollars: 13.3334,
    per: "million GB-seconds, arm64",
    source: "cloudchipr.com, 2024",
  },
  sqs: { of: "SQS", dollars: 0.4, per: "million requests", source: "cloudburn.io, 2026-03-14" },
  writes: { of: "DynamoDB", dollars: 0.625, per: "million write units", source: "airbyte.com, 2025-07-21" },
  reads: { of: "DynamoDB", dollars: 0.125, per: "million read units", source: "airbyte.com, 2025-07-21" },
  alarm: { of: "CloudWatch", dollars: 0.1, per: "alarm and month", source: "cloudburn.io, 2026-02" },
  logs: { of: "CloudWatch", dollars: 0.5, per: "GB of logs", source: "factualminds.com, 2026-06-13" },
} as const satisfies Record<string, Price>;

interface CostLine {
  what: string;
  formula: string;
  dollars: number;
}

export const gigabytes = 0.5;
// 07's times on a laptop. `npm run bench 08 url=URL` shows those on AWS. The wait for the vendor is billed too.
export const assumed = { apiSeconds: 0.05, activationSeconds: 0.5, vendorSeconds: 0.45 };

/** The cost of one million activations without failures, each with one status request and its own batch. */
function perMillionActivations(): CostLine[] {
  const gbSeconds = (seconds: number) => seconds * gigabytes * prices.lambdaGbSeconds.dollars;
  const { apiSeconds, activationSeconds, vendorSeconds } = assumed;
  return [
    { what: "HTTP API", formula: "2 requests: POST and GET", dollars: 2 * prices.httpApi.dollars },
    {
      what: "API function",
      formula: `2 requests x ${apiSeconds} s x 0.5 GB`,
      dollars: 2 * (prices.lambdaRequests.dollars + gbSeconds(apiSeconds)),
    },
    { what: "SQS", formula: "3 requests: send, receive, delete", dollars: 3 * prices.sqs.dollars },
    {
      what: "Activation function",
      formula: `1 request x ${activationSeconds} s x 0.5 GB, mostly waiting`,
      dollars: prices.lambdaRequests.dollars + gbSeconds(activationSeconds),
    },
    {
      what: "DynamoDB",
      formula: "claim, ticket, lease, active; 1 strong read",
      dollars: 4 * prices.writes.dollars + prices.reads.dollars,
    },
    {
      what: "the vendor's simulator",
      formula: `1 request x ${vendorSeconds} s x 0.5 GB, 3 writes, 1 read`,
      dollars:
        prices.lambdaRequests.dollars +
        gbSeconds(vendorSeconds) +
        3 * prices.writes.dollars +
        prices.reads.dollars,
    },
    { what: "logs", formula: "4 invocations x 3 lines x 150 bytes", dollars: 1.8 * prices.logs.dollars },
  ];
}

/** The cost of a day without customers. */
function perIdleDay(): CostLine[] {
  const pollsADay = (5 * 86_400) / 20;
  return [
    {
      what: "SQS",
      formula: `5 long polls of 20 s: ${pollsADay} requests`,
      dollars: (pollsADay / 1e6) * prices.sqs.dollars,
    },
    { what: "alarms", formula: "2 alarms / 30 days", dollars: (2 * prices.alarm.dollars) / 30 },
  ];
}

/** What the stack costs, without each price. Formatted for a terminal of 80 columns. */
export function costTables(): string[] {
  const table = (title: string, lines: CostLine[]) => [
    title,
    ...lines.map(
      ({ what, formula, dollars }) => `  ${what.padEnd(22)} $${dollars.toFixed(2).padStart(5)}  ${formula}`,
    ),
    `  ${"together".padEnd(22)} $${lines
      .reduce((sum, { dollars }) => sum + dollars, 0)
      .toFixed(2)
      .padStart(5)}`,
    "",
  ];
  return [
    ...table("One million activations, where nothing fails:", perMillionActivations()),
    ...table("One day without customers:", perIdleDay()),
  ];
}

/** The same with each price, and who said so. */
export function costLines(): string[] {
  return [
    ...costTables(),
    "Dollars of us-east-1 beyond every free tier, tables and logs of some MB not",
    "counted. Prices move; these are from:",
    ...Object.values(prices).map(
      ({ of, dollars, per, source }) => `  ${of.padEnd(10)} $${dollars} per ${per}: ${source}`,
    ),
  ];
}
