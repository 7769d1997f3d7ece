import { deviceAt } from "#shared/devices.ts";
import { hasQueue, hasTickets, invokesFunction } from "#shared/run/running-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { wrap } from "#shared/command.ts";

/** What `npm run chapter` prints once everything runs: addresses, what to try, how to break it, how to stop it. */
export function describeRunning(
  running: RunningChapter,
  number: string,
  platform: NodeJS.Platform,
  pageUrl?: string,
): string[] {
  const { outputs, overrides, apiUrl, worksWith } = running;
  const set = Object.entries(overrides)
    // The addresses of the vendor and the database are printed above.
    .filter(([name]) => !name.endsWith("Url"))
    .map(([name, value]) => `${name}=${value}`);
  const troubles = [
    "kill api",
    ...(worksWith() === "api" ? [] : [`kill ${worksWith()}`]),
    "outage 10",
    ...(hasQueue(running) ? ["duplicates 1"] : []),
  ];
  return [
    `Chapter ${running.chapter} runs.`,
    "",
    ...addresses(running, pageUrl),
    ...(set.length > 0
      ? ["", ...indented(`Set for the workshop: ${set.join(", ")} (see template.yaml)`)]
      : []),
    "",
    "Try this in another terminal:",
    "",
    ...request(apiUrl, platform).map((line) => `  ${line}`),
    "",
    hasTickets(running)
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

/** The request by hand and the addresses, for the page that a key shows. */
export function describeRequest(
  running: RunningChapter,
  platform: NodeJS.Platform,
  pageUrl?: string,
): string[] {
  return [
    "By hand, in another terminal:",
    "",
    ...request(running.apiUrl, platform).map((line) => `  ${line}`),
    "",
    ...addresses(running, pageUrl),
  ];
}

/** Wrapped at 80 columns. */
const indented = (text: string): string[] =>
  wrap(text, 78)
    .split("\n")
    .map((line) => `  ${line}`);

function addresses(running: RunningChapter, pageUrl: string | undefined): string[] {
  const { apiUrl, vendorUrl, sqsUrl, dynamoDbUrl, lambdaUrl, inspectUrl, storeUrl } = running;
  return [
    `  API         ${apiUrl}`,
    `  vendor      ${vendorUrl}  /ledger/summary  /weather`,
    ...(hasQueue(running) ? [`  SQS         ${sqsUrl}`] : []),
    ...(invokesFunction(running) ? [`  Lambda      ${lambdaUrl}`] : []),
    storeUrl === undefined ? `  DynamoDB    ${dynamoDbUrl}` : `  store       ${storeUrl}/  who claimed what`,
    `  inspection  ${inspectUrl}/  ${hasQueue(running) ? "queues and functions" : ""}`.trimEnd(),
    ...(pageUrl === undefined ? [] : [`  page        ${pageUrl}  all of it as moving dots, with buttons`]),
  ];
}

function request(apiUrl: string, platform: NodeJS.Platform): string[] {
  const body = `'${JSON.stringify(deviceAt(0))}'`;
  const url = `${apiUrl}/activations`;
  // PowerShell's curl is another command, and cmd has no single quotes.
  return platform === "win32"
    ? [`Invoke-RestMethod ${url} -Method Post \``, "  -ContentType application/json `", `  -Body ${body}`]
    : [`curl -i ${url} \\`, "  -H 'content-type: application/json' \\", `  -d ${body}`];
}
