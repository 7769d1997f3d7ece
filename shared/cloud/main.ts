// Commands for a real account: `npm run cloud cost|deploy|seed|status|redrive|remove`.
import { setTimeout as sleep } from "node:timers/promises";
import { SQSClient } from "@aws-sdk/client-sqs";
import { findChapter } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { lookAtQueue } from "#shared/run/other-aws.ts";
import { runRedrive } from "#shared/run/chapter-processes.ts";
import { readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";
import type { Command } from "#shared/command.ts";
import { didYouMean } from "#shared/did-you-mean.ts";
import { usageOf } from "#shared/help/commands.ts";
import { accountVariables, askAccount, confirm, explained, readDotEnv } from "./account.ts";
import { costLines } from "./cost.ts";
import { deploy, planDeployment } from "./deploy.ts";
import { deleteStack, findStack, findTagged, needStack, needWholeStack, seedStack, tagKey } from "./stack.ts";
import type { FoundStack } from "./stack.ts";

const usage = usageOf("cloud");
// The index of tags lags behind deletions.
const tagsFollowWithinMs = 120_000;
const mostDevices = 100_000;
const flagKinds = {
  "real-aws": "switch",
  yes: "switch",
  teaching: "switch",
  profile: "text",
  region: "text",
  stack: "text",
  vendor: "text",
  devices: "number",
} as const;
type CloudFlags = Command<typeof flagKinds>["flags"];

/** What an action works on, once account and stack are known. */
interface StackWork {
  chapter: Chapter;
  stackName: string;
  /** Undefined if the account and region have no stack of this name. */
  found: FoundStack | undefined;
  region: string;
  flags: CloudFlags;
  env: NodeJS.ProcessEnv;
  /** Throws a {@link UsageError} unless the user says yes. */
  agree: (question: string) => Promise<void>;
}

const actions = { deploy: create, seed, status, redrive, remove };
const names = ["cost", ...Object.keys(actions)];

runCommand((argv, env) => explained(() => run(argv, env)));

async function run(argv: string[], shellEnv: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { words, flags } = readCommand({ usage, flags: flagKinds }, argv, shellEnv);
  const [name = "", chapterWord = "08", ...more] = words;
  if (!names.includes(name) || more.length > 0) {
    throw new UsageError(
      `Expected one of ${names.join(", ")}, got \`${words.join(" ") || "nothing"}\`; write \`${usage}\`.${didYouMean(name, names)}`,
    );
  }
  if (name === "cost") {
    console.log(costLines().join("\n"));
    return;
  }
  const env = readDotEnv();
  const chapter = findChapter(chapterWord);
  if (!/^0[3-8]$/.test(chapter.number)) {
    throw new UsageError(
      `Expected a chapter from 03 to 08, got ${chapter.name}: only those keep their work in a queue, which an account can have.`,
    );
  }
  const stackName = flags.stack ?? `take-a-ticket-${chapter.number}`;
  if (!/^[A-Za-z][A-Za-z0-9-]{0,100}$/.test(stackName)) {
    throw new UsageError(
      `Expected a stack's name of letters, digits and hyphens, got \`${stackName.slice(0, 60)}\`.`,
    );
  }
  const { "real-aws": realAws = false, profile, yes = false } = flags;
  const { account, arn, region, endpoint } = await askAccount({
    realAws,
    profile,
    region: flags.region,
    env,
  });
  console.log(`account  ${account}  (${arn})`);
  console.log(`region   ${region}${endpoint === undefined ? "" : `, at ${endpoint}`}`);
  const found = await findStack(stackName);
  console.log(`stack    ${stackName}: ${found?.status ?? "not there"}`);

  const agree = (question: string) => confirm(question, yes);
  await actions[name as keyof typeof actions]({ chapter, stackName, found, region, flags, env, agree });
}

async function create({ flags, agree, ...work }: StackWork): Promise<void> {
  const { chapter, stackName } = work;
  const options = { ...work, teaching: flags.teaching ?? false, vendor: flags.vendor };
  const values = await planDeployment(options);
  const ofThis = chapter.number === "08" ? "" : "A part of what 08 costs, which is:\n\n";
  console.log(`\n${ofThis}${costLines().join("\n")}\n`);
  await agree(`Create or change the stack ${stackName} with ${chapter.name} there?`);
  await deploy(options, values);
  console.log(
    wrap(
      `\nDeployed. Next: \`npm run cloud seed ${chapter.number} ...\` and, in the end, \`npm run cloud remove ${chapter.number} ...\`.`,
    ),
  );
}

async function seed({ found, stackName, flags, agree }: StackWork): Promise<void> {
  const { DEVICES_TABLE: table = "" } = needWholeStack(found, stackName).outputs;
  const { devices = 3_000 } = flags;
  if (!Number.isInteger(devices) || devices < 1 || devices > mostDevices) {
    throw new UsageError(`Expected 1 to ${mostDevices} devices, got ${devices}.`);
  }
  await agree(`Write ${devices} devices into ${table}? Their activations begin anew.`);
  await seedStack(table, devices);
  console.log(`${devices} devices are in ${table}.`);
}

async function redrive({ found, stackName, chapter, env, agree }: StackWork): Promise<void> {
  const { outputs } = needWholeStack(found, stackName);
  await agree(`Bring what was set aside in ${stackName} back to its queue?`);
  const environment = { ...accountVariables(env), ...outputs };
  console.log(await runRedrive({ folder: chapter.folder, environment }));
}

async function status({ found, stackName }: StackWork): Promise<void> {
  const { outputs, parameters } = needStack(found, stackName);
  // CloudFormation shows a NoEcho parameter as asterisks.
  Object.entries({ ...parameters, ...outputs }).forEach(([name, value]) =>
    console.log(`  ${name} = ${value}`),
  );
  const sqs = new SQSClient({});
  for (const name of ["QUEUE_URL", "DEAD_LETTER_QUEUE_URL"]) {
    const url = outputs[name];
    if (url !== undefined) {
      const { visible, inFlight, delayed } = await lookAtQueue(sqs, url, false);
      console.log(`  ${name}: about ${visible} waiting, ${inFlight} in flight, ${delayed} delayed`);
    }
  }
  if (outputs["API_URL"] !== undefined) {
    console.log("The keys are in your .env: API_KEY and VENDOR_KEY.");
  }
}

/** Deletes the stack if it exists. In any case looks for what is left of it. */
async function remove({ found, stackName: name, agree }: StackWork): Promise<void> {
  if (found !== undefined) {
    needStack(found, name);
    await agree(
      `Delete the stack ${name} with its tables, queues, messages and logs? Nothing of it can be had back.`,
    );
    await deleteStack(name);
    console.log(`The stack ${name} is deleted.`);
  }
  const untilMs = performance.now() + tagsFollowWithinMs;
  let left = await findTagged(name);
  while (left.length > 0 && found !== undefined && performance.now() < untilMs) {
    await sleep(5_000);
    left = await findTagged(name);
  }
  if (left.length > 0) {
    throw new Error(
      `Expected nothing with the tag ${tagKey}=${name}, but this is left and may cost: ${left.join(", ")}; delete it in the console, then run this again.`,
    );
  }
  console.log(`Nothing with the tag ${tagKey}=${name} is left in this region.`);
  console.log(
    wrap("sam keeps one bucket for all its users (stack aws-sam-cli-managed-default), with the code in it."),
  );
}
