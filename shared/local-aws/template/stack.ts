/**
 * The template can't be deployed. The message is one sentence with file and line, what was found, and what to do. For refused
 * names it has one line each.
 */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** The result of reading a template: plain values, all functions evaluated, all numbers checked. */
export interface Stack {
  queues: QueueResource[];
  tables: TableResource[];
  functions: FunctionResource[];
  /** As environment variables: `QueueUrl` -> `QUEUE_URL`. */
  outputs: Record<string, string>;
  parameters: Record<string, string>;
  overrides: Record<string, string>;
  /** Accepted, but without effect here, such as `ActivateDevice.Policies (line 31)`. */
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
  /** How many invocations at the same time. Undefined if the template sets no limit. */
  maximumConcurrency?: number;
  reportsBatchItemFailures: boolean;
  enabled: boolean;
}

/** What happens to a function's asynchronous events. */
export interface EventInvokeConfig {
  maximumRetryAttempts: number;
  maximumEventAgeSeconds: number;
  /** Names of queues. The first gets the unchanged event, the second a record of its outcome. */
  deadLetterQueue?: string;
  onFailureQueue?: string;
}

/** A function to deploy. */
export interface FunctionResource {
  name: string;
  /** The file to bundle. */
  entryFile: string;
  /** The name of the exported handler. */
  exportName: string;
  /** Such as "nodejs24.x". */
  runtime: string;
  timeoutSeconds: number;
  memoryMegabytes: number;
  variables: Record<string, string>;
  eventSources: EventSource[];
  eventInvoke: EventInvokeConfig;
  /** How many invocations at the same time. Undefined if the template reserves none. */
  reservedConcurrency?: number;
}

/**
 * A stack's outputs, with every URL on SQS's own origin moved to the endpoint that the environment names. An SDK client
 * follows the queue's URL, and would otherwise bypass a proxy.
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
