import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";

import { isFifoName } from "../sqs/fifo.ts";
import { defaultSettings } from "../sqs/queue-attributes.ts";
import { awsOnlyEventTypes, runtimes } from "./properties.ts";
import type { Item } from "./source.ts";
import type { EventInvokeConfig, EventSource, FunctionResource, QueueResource } from "./stack.ts";
import { booleanOf, integerOf, integerOr, textOf, wordOf } from "./values.ts";
import type { NamedResource, Scope } from "./values.ts";

/** What reading a function's settings needs. */
interface FunctionContext {
  scope: Scope;
  /** `Globals.Function`, the defaults of every function. */
  globals: Item | undefined;
  templateFile: string;
  queueByArn: ReadonlyMap<string, QueueResource>;
}

// Limits and defaults:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
const limits = {
  timeoutSeconds: { min: 1, max: 900, fallback: 3 },
  memoryMegabytes: { min: 128, max: 10_240, fallback: 128 },
  batchingWindowSeconds: { min: 0, max: 300, fallback: 0 },
  batchSize: { min: 1, max: 10_000, fallback: 10 },
  retryAttempts: { min: 0, max: 2, fallback: 2 },
  eventAgeSeconds: { min: 60, max: 21_600, fallback: 21_600 },
};
const fifoBatchSizeMax = 10;

/** Reads an `AWS::Serverless::Function`. */
export function readFunction({ item, name }: NamedResource, context: FunctionContext): FunctionResource {
  const { scope, globals } = context;
  const properties = item.need("Properties");
  const setting = (key: string) => properties.get(key) ?? globals?.get(key);
  const needed = (key: string) => setting(key) ?? properties.need(key);

  const runtime = wordOf(needed("Runtime"), scope, runtimes);
  const timeoutSeconds = integerOr(setting("Timeout"), scope, limits.timeoutSeconds);
  const handler = needed("Handler");
  const [, modulePath, exportName] = /^(.+)\.(\w+)$/.exec(textOf(handler, scope)) ?? [];
  if (modulePath === undefined || exportName === undefined) {
    throw handler.fails(`must be FILE.EXPORT such as handler.handler, got ${textOf(handler, scope)}`);
  }

  const entryPoint = readEntryPoint(item, { handler, modulePath });
  const eventSources = (properties.get("Events")?.entries() ?? [])
    .filter((event) => !awsOnlyEventTypes.includes(String(event.need("Type").scalar())))
    .map((event) => readEventSource(event, timeoutSeconds, context));

  const reserved = setting("ReservedConcurrentExecutions");
  if (reserved && eventSources.length > 0) {
    // It would throttle the pollers.
    throw reserved.fails(
      "is emulated for asynchronous invocations only: limit the SQS event by ScalingConfig: MaximumConcurrency",
    );
  }
  const reservedConcurrency = reserved && integerOf(reserved, scope, { min: 0, max: 1_000 });
  const folder = resolve(dirname(context.templateFile), textOf(needed("CodeUri"), scope));
  return {
    name,
    entryFile: sourceFile(resolve(folder, entryPoint)),
    exportName,
    runtime,
    timeoutSeconds,
    memoryMegabytes: integerOr(setting("MemorySize"), scope, limits.memoryMegabytes),
    variables: { ...readVariables(globals, scope), ...readVariables(properties, scope) },
    eventSources,
    eventInvoke: readEventInvoke(setting, context),
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
  };
}

const ending = /\.[cm]?[jt]s$/;

/** An entry point may leave out its extension, as the default one does. esbuild looks for TypeScript first. */
function sourceFile(path: string): string {
  const withEnding = [".ts", ".js", ".mts", ".mjs", ".cjs"].map((end) => path + end);
  return ending.test(path) ? path : (withEnding.find((file) => existsSync(file)) ?? `${path}.ts`);
}

// The file to build, from `BuildProperties: EntryPoints`. The handler must be in one of them.
function readEntryPoint(item: Item, { handler, modulePath }: { handler: Item; modulePath: string }): string {
  const metadata = item.get("Metadata");
  if (!metadata) {
    throw item.fails("needs Metadata: BuildMethod: esbuild, or its TypeScript can't run on AWS");
  }
  const method = metadata.need("BuildMethod");
  if (method.scalar() !== "esbuild") {
    throw method.fails(`must be esbuild, got ${method.scalar()}`);
  }
  const entryPoints = metadata.get("BuildProperties")?.get("EntryPoints");
  const files = entryPoints?.list().map((file) => String(file.scalar())) ?? [modulePath];
  // esbuild writes a single entry point to the top of its output, whatever folder it came from.
  const found = files.find((file) => {
    const bare = file.replace(ending, "").replace(/^\.?\//, "");
    return modulePath === bare || modulePath === basename(bare);
  });
  if (found === undefined) {
    throw handler.fails(`names ${modulePath}, but the EntryPoints are ${files.join(", ")}`);
  }
  return found;
}

function readVariables(settings: Item | undefined, scope: Scope): Record<string, string> {
  const environment = settings?.get("Environment");
  const variables = environment?.get("Variables")?.entries() ?? [];
  return Object.fromEntries(variables.map((variable) => [variable.key, textOf(variable, scope)]));
}

// Reads one of a function's `Events`, by the rules of AWS's `CreateEventSourceMapping`.
function readEventSource(
  event: Item,
  timeoutSeconds: number,
  { scope, queueByArn }: FunctionContext,
): EventSource {
  const properties = event.need("Properties");

  const queue = queueAt(properties.need("Queue"), scope, queueByArn);
  const { VisibilityTimeout: hiddenSeconds = defaultSettings.visibilityTimeoutSeconds } = queue.attributes;
  // AWS refuses such a mapping: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  if (timeoutSeconds > Number(hiddenSeconds)) {
    throw event.fails(
      `needs a queue whose VisibilityTimeout (${hiddenSeconds} s) is at least the function's ` +
        `Timeout (${timeoutSeconds} s), since a message would come back while it is worked on`,
    );
  }

  const window = properties.get("MaximumBatchingWindowInSeconds");
  const batchingWindowSeconds = integerOr(window, scope, limits.batchingWindowSeconds);
  const size = properties.get("BatchSize");
  const batchSize = integerOr(size, scope, limits.batchSize);
  if (isFifoName(queue.name)) {
    refuseWithFifo({ size, batchSize, window, batchingWindowSeconds });
  }
  if (size && batchSize > 10 && batchingWindowSeconds < 1) {
    throw size.fails(`above 10 needs a MaximumBatchingWindowInSeconds of at least 1, got ${batchSize}`);
  }

  const responseTypes = properties.get("FunctionResponseTypes")?.list() ?? [];
  responseTypes.forEach((responseType) => wordOf(responseType, scope, ["ReportBatchItemFailures"]));
  const enabled = properties.get("Enabled");
  const source: EventSource = {
    queueName: queue.name,
    batchSize,
    batchingWindowSeconds,
    reportsBatchItemFailures: responseTypes.length > 0,
    enabled: enabled ? booleanOf(enabled, scope) : true,
  };
  const scaling = properties.get("ScalingConfig");
  const limit = scaling?.get("MaximumConcurrency");
  if (limit) {
    source.maximumConcurrency = integerOf(limit, scope, { min: 2, max: 1_000 });
  }
  return source;
}

// FIFO queues allow a batch of 10 at most, and no window: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
function refuseWithFifo(asked: {
  size: Item | undefined;
  batchSize: number;
  window: Item | undefined;
  batchingWindowSeconds: number;
}): void {
  if (asked.size && asked.batchSize > fifoBatchSizeMax) {
    throw asked.size.fails(`of a FIFO queue is ${fifoBatchSizeMax} at most, got ${asked.batchSize}`);
  }
  if (asked.window && asked.batchingWindowSeconds > 0) {
    throw asked.window.fails(
      `can't be had with a FIFO queue: leave it out, got ${asked.batchingWindowSeconds}`,
    );
  }
}

// Reads a function's settings for asynchronous invocations. `setting` finds one by name.
function readEventInvoke(
  setting: (key: string) => Item | undefined,
  { scope, queueByArn }: FunctionContext,
): EventInvokeConfig {
  const config = setting("EventInvokeConfig");
  const destinations = config?.get("DestinationConfig");

  const queueNameIn = (block: Item | undefined, arnKey: string) => {
    if (block) {
      wordOf(block.need("Type"), scope, ["SQS"]);
    }
    const queue = block && queueAt(block.need(arnKey), scope, queueByArn);
    if (queue && isFifoName(queue.name)) {
      // "a standard queue": https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
      throw block.fails(`needs a standard queue, since Lambda sends to no FIFO queue; got ${queue.name}`);
    }
    return queue?.name;
  };
  const onFailureQueue = queueNameIn(destinations?.get("OnFailure"), "Destination");
  const deadLetterQueue = queueNameIn(setting("DeadLetterQueue"), "TargetArn");
  const retries = config?.get("MaximumRetryAttempts");
  const age = config?.get("MaximumEventAgeInSeconds");
  return {
    maximumRetryAttempts: integerOr(retries, scope, limits.retryAttempts),
    maximumEventAgeSeconds: integerOr(age, scope, limits.eventAgeSeconds),
    ...(onFailureQueue !== undefined && { onFailureQueue }),
    ...(deadLetterQueue !== undefined && { deadLetterQueue }),
  };
}

function queueAt(arn: Item, scope: Scope, queueByArn: ReadonlyMap<string, QueueResource>): QueueResource {
  const queue = queueByArn.get(textOf(arn, scope));
  if (!queue) {
    throw arn.fails(
      `must be the Arn of a queue of this template (!GetAtt NAME.Arn), got ${textOf(arn, scope)}`,
    );
  }
  return queue;
}
