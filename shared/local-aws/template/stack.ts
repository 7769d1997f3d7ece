/**
 * The template can't be deployed. The message is one sentence: file and line, what was found, what to do; of names that are
 * refused it has a line for each.
 */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** What a template comes down to: plain values, every function evaluated, every number checked. */
export interface Stack {
  queues: QueueResource[];
  tables: TableResource[];
  functions: FunctionResource[];
  /** As environment names: `QueueUrl` -> `QUEUE_URL`. */
  outputs: Record<string, string>;
  parameters: Record<string, string>;
  overrides: Record<string, string>;
  /** `ActivateDevice.Policies (line 31)`: accepted, but without meaning here. */
  ignored: string[];
}

/** A queue to create, with the attributes of SQS's `CreateQueue`. */
export interface QueueResource {
  name: string;
  attributes: Record<string, string>;
  /** The name of its dead-letter queue. */
  deadLetterQueue?: string;
}

/** A table to create, as the body of DynamoDB's `CreateTable`. */
export interface TableResource {
  TableName: string;
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  KeySchema: { AttributeName: string; KeyType: string }[];
  BillingMode: string;
}

/** What an SQS event of a function asks of its event source mapping. */
export interface EventSource {
  queueName: string;
  batchSize: number;
  batchingWindowSeconds: number;
  /** Invocations at once; undefined if the template sets no limit. */
  maximumConcurrency?: number;
  reportsBatchItemFailures: boolean;
  enabled: boolean;
}

/** What becomes of a function's asynchronous events. */
export interface EventInvokeConfig {
  maximumRetryAttempts: number;
  maximumEventAgeSeconds: number;
  /** Names of queues: the first gets the event, the second a record of what became of it. */
  deadLetterQueue?: string;
  onFailureQueue?: string;
}

/** A function to deploy. */
export interface FunctionResource {
  name: string;
  /** The file to bundle. */
  entryFile: string;
  /** The name of the handler it exports. */
  exportName: string;
  /** Such as "nodejs24.x". */
  runtime: string;
  timeoutSeconds: number;
  memoryMegabytes: number;
  variables: Record<string, string>;
  eventSources: EventSource[];
  eventInvoke: EventInvokeConfig;
  /** Invocations at once; undefined if the template reserves none. */
  reservedConcurrency?: number;
}

/**
 * A stack's outputs, with every address on SQS's own origin moved to the endpoint that the environment names: an SDK
 * client goes where a queue's URL points, and would pass by a proxy otherwise.
 */
export function outputsBehind(
  endpoint: string | undefined,
  outputs: Readonly<Record<string, string>>,
  sqsUrl: string,
): Record<string, string> {
  const origin = new URL(sqsUrl).origin;
  const behind = endpoint === undefined ? origin : new URL(endpoint).origin;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name,
      value.startsWith(`${origin}/`) ? behind + value.slice(origin.length) : value,
    ]),
  );
}
