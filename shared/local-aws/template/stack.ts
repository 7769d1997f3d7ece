// What a template comes down to: plain values, every function evaluated, every number checked.

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
  timeoutSeconds: number;
  memoryMegabytes: number;
  variables: Record<string, string>;
  eventSources: EventSource[];
  eventInvoke: EventInvokeConfig;
  /** Invocations at once; undefined if the template reserves none. */
  reservedConcurrency?: number;
}

/** A template, read. */
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
