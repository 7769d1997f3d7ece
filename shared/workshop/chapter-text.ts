import { deviceAt } from "#shared/devices.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";

type Described = Pick<
  RunningChapter,
  | "chapter"
  | "apiUrl"
  | "vendorUrl"
  | "sqsUrl"
  | "dynamoDbUrl"
  | "inspectUrl"
  | "outputs"
  | "overrides"
  | "worksWith"
>;

/** What `npm run chapter` says once everything runs: where, what to try, how to break it, how to stop it. */
export function describeRunning(running: Described, number: string, platform: NodeJS.Platform): string[] {
  const { outputs, overrides, apiUrl, worksWith } = running;
  const hasTickets = outputs["ACTIVATIONS_TABLE"] !== undefined;
  const hasQueue = outputs["QUEUE_URL"] !== undefined;
  const set = Object.entries(overrides)
    .filter(([name]) => name !== "VendorUrl")
    .map(([name, value]) => `${name}=${value}`);
  const troubles = [
    "kill api",
    ...(worksWith() === "api" ? [] : [`kill ${worksWith()}`]),
    "outage 10",
    ...(hasQueue ? ["duplicates 1"] : []),
  ];
  return [
    `Chapter ${running.chapter} runs.`,
    "",
    `  API         ${apiUrl}`,
    `  vendor      ${running.vendorUrl}  /ledger/summary  /weather`,
    ...(hasQueue ? [`  SQS         ${running.sqsUrl}`] : []),
    `  DynamoDB    ${running.dynamoDbUrl}`,
    `  inspection  ${running.inspectUrl}/  ${hasQueue ? "queues and functions" : ""}`.trimEnd(),
    ...(set.length > 0 ? ["", `  Set for the workshop: ${set.join(", ")} (see template.yaml)`] : []),
    "",
    "Try this in another terminal:",
    "",
    ...request(apiUrl, platform).map((line) => `  ${line}`),
    "",
    hasTickets
      ? "Expect 202 and a ticket, at once. GET its `Location` until it is `active`."
      : "Expect 201, after as long as the vendor takes.",
    "",
    "Break it:",
    "",
    ...troubles.map((trouble) => `  npm run break ${number} ${trouble}`),
    ...(outputs["DEAD_LETTER_QUEUE_URL"] === undefined ? [] : [`  npm run redrive ${number}`]),
    "",
    "Ctrl-C stops it.",
    "",
  ];
}

function request(apiUrl: string, platform: NodeJS.Platform): string[] {
  const body = `'${JSON.stringify(deviceAt(0))}'`;
  const url = `${apiUrl}/activations`;
  // PowerShell's own curl is another command, and cmd knows no single quotes.
  return platform === "win32"
    ? [`Invoke-RestMethod ${url} -Method Post \``, "  -ContentType application/json `", `  -Body ${body}`]
    : [`curl -i ${url} \\`, "  -H 'content-type: application/json' \\", `  -d ${body}`];
}
