// The three lists: what a template may say, and what happens to it.
//   emulated: works here as on AWS (or it is text for the reader).
//   awsOnly:  accepted, but matters on AWS only; `npm run aws` prints it.
//   refused:  everything else, by name and with its line. `instead` says what to do about the likely ones.
// A property that is silently dropped would teach something false, so there is no fourth list.

/** The lists for one kind of block in a template. */
export interface PropertyLists {
  emulated: readonly string[];
  awsOnly?: readonly string[];
  instead?: Readonly<Record<string, string>>;
}

const functionSettings: PropertyLists = {
  emulated: [
    "CodeUri",
    "DeadLetterQueue",
    "Environment",
    "EventInvokeConfig",
    "Handler",
    "ReservedConcurrentExecutions",
    "Runtime",
    "Timeout",
  ],
  // The context shows MemorySize, but no limit is enforced.
  awsOnly: [
    "Architectures",
    "EphemeralStorage",
    "LoggingConfig",
    "MemorySize",
    "Policies",
    "RecursiveLoop",
    "Role",
    "Tags",
    "Tracing",
  ],
  instead: {
    InlineCode: "put the code in a file and name it by CodeUri and Handler",
    PackageType: "functions are TypeScript built by esbuild: leave it out",
    ProvisionedConcurrencyConfig: "environments start on demand here: leave it out",
  },
};

/** Resource types that are deployed here, and the `Properties` they may have. */
export const resourceTypes = {
  "AWS::SQS::Queue": {
    emulated: [
      "ContentBasedDeduplication",
      "DelaySeconds",
      "FifoQueue",
      "MaximumMessageSize",
      "MessageRetentionPeriod",
      "QueueName",
      "ReceiveMessageWaitTimeSeconds",
      "RedrivePolicy",
      "VisibilityTimeout",
    ],
    awsOnly: [
      "KmsDataKeyReusePeriodSeconds",
      "KmsMasterKeyId",
      "RedriveAllowPolicy",
      "SqsManagedSseEnabled",
      "Tags",
    ],
    instead: {
      DeduplicationScope: "a FIFO queue deduplicates as a whole here: leave it out",
      FifoThroughputLimit: "no queue has a limit of requests here: leave it out",
    },
  },
  "AWS::DynamoDB::Table": {
    emulated: ["AttributeDefinitions", "BillingMode", "KeySchema", "TableName"],
    // AWS deletes expired items days late, so no code may depend on TimeToLiveSpecification.
    awsOnly: [
      "ContributorInsightsSpecification",
      "DeletionProtectionEnabled",
      "PointInTimeRecoverySpecification",
      "SSESpecification",
      "TableClass",
      "Tags",
      "TimeToLiveSpecification",
    ],
    instead: {
      ProvisionedThroughput: "use BillingMode: PAY_PER_REQUEST",
      StreamSpecification: "streams are not emulated: leave it out",
    },
  },
  "AWS::Serverless::Function": {
    ...functionSettings,
    emulated: [...functionSettings.emulated, "Events", "FunctionName"],
    // A function with a URL can be called only by Invoke here.
    awsOnly: [...(functionSettings.awsOnly ?? []), "Description", "FunctionUrlConfig"],
  },
} as const satisfies Record<string, PropertyLists>;

export type ResourceType = keyof typeof resourceTypes;

/** Resource types that are accepted whole and matter on AWS only. */
export const awsOnlyResourceTypes: readonly string[] = [
  "AWS::CloudWatch::Alarm",
  "AWS::IAM::Role",
  "AWS::Logs::LogGroup",
  "AWS::SQS::QueuePolicy",
  "AWS::Serverless::HttpApi",
];

/** Events that are accepted whole and happen on AWS only. Here you call such a function by Invoke. */
export const awsOnlyEventTypes: readonly string[] = ["HttpApi"];

/** The other blocks, around and inside the resources. */
export const blocks = {
  template: {
    emulated: [
      "AWSTemplateFormatVersion",
      "Description",
      "Globals",
      "Metadata",
      "Outputs",
      "Parameters",
      "Resources",
      "Transform",
    ],
    instead: {
      Conditions: "write one template for each case",
      Mappings: "use Parameters",
      Rules: "use AllowedValues on the parameter",
    },
  },
  globals: { emulated: ["Function"] },
  globalFunction: functionSettings,
  parameter: {
    emulated: [
      "AllowedPattern",
      "AllowedValues",
      "ConstraintDescription",
      "Default",
      "Description",
      "MaxLength",
      "MaxValue",
      "MinLength",
      "MinValue",
      "Type",
    ],
    awsOnly: ["NoEcho"],
  },
  resource: {
    emulated: ["Metadata", "Properties", "Type"],
    awsOnly: ["DeletionPolicy", "DependsOn", "UpdateReplacePolicy"],
    instead: { Condition: "write one template for each case" },
  },
  output: { emulated: ["Description", "Value"], awsOnly: ["Export"] },
  redrivePolicy: { emulated: ["deadLetterTargetArn", "maxReceiveCount"] },
  attributeDefinition: { emulated: ["AttributeName", "AttributeType"] },
  keySchema: { emulated: ["AttributeName", "KeyType"] },
  environment: { emulated: ["Variables"] },
  functionDeadLetterQueue: { emulated: ["TargetArn", "Type"] },
  eventInvokeConfig: {
    emulated: ["DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts"],
  },
  destinationConfig: {
    emulated: ["OnFailure"],
    instead: { OnSuccess: "let the function itself say that it succeeded" },
  },
  destination: { emulated: ["Destination", "Type"] },
  event: { emulated: ["Properties", "Type"] },
  sqsEvent: {
    emulated: [
      "BatchSize",
      "Enabled",
      "FunctionResponseTypes",
      "MaximumBatchingWindowInSeconds",
      "Queue",
      "ScalingConfig",
    ],
    awsOnly: ["MetricsConfig"],
    instead: {
      FilterCriteria: "what doesn't match is deleted unread; decide in the handler",
      ProvisionedPollerConfig: "use ScalingConfig: MaximumConcurrency",
    },
  },
  scalingConfig: { emulated: ["MaximumConcurrency"] },
  // The bundle for this machine is always one readable CommonJS file with a source map.
  functionMetadata: { emulated: ["BuildMethod", "BuildProperties"] },
  buildProperties: {
    emulated: ["EntryPoints"],
    awsOnly: [
      "Banner",
      "External",
      "Format",
      "KeepNames",
      "Loader",
      "MainFields",
      "Minify",
      "OutExtension",
      "Sourcemap",
      "SourcesContent",
      "Target",
    ],
  },
} as const satisfies Record<string, PropertyLists>;

/** Runtimes that a template may name. Here the code runs on this machine's Node. */
export const runtimes: readonly string[] = ["nodejs20.x", "nodejs22.x", "nodejs24.x"];

export function isResourceType(type: string): type is ResourceType {
  return Object.hasOwn(resourceTypes, type);
}
