import type { Sample } from "./requests.ts";

// What each server accepts, with one sample per operation. None of them waits, kills, or stops what is attacked later.

const signed = {
  "X-Amz-Date": "20260101T000000Z",
  Authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0",
};

const ofService =
  (service: string, more: Readonly<Record<string, string>>) =>
  ([action, body]: readonly [action: string, body: object]): Sample => ({
    headers: {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": `${service}.${action}`,
      ...more,
    },
    body,
  });

/** For a queue with a dead-letter queue. */
export function sqsSamples(queue: { queueUrl: string; deadLetterArn: string }): Sample[] {
  const QueueUrl = queue.queueUrl;
  const SourceArn = queue.deadLetterArn;
  // In the form of real ones, but for no message.
  const ReceiptHandle = Buffer.from(`${SourceArn.replace(/-dead$/, "")} 1 1`).toString("base64");
  const TaskHandle = Buffer.from(JSON.stringify({ taskId: "x", sourceArn: SourceArn })).toString("base64");
  const message = {
    MessageBody: "a body",
    DelaySeconds: 0,
    MessageAttributes: {
      Name: { DataType: "String", StringValue: "a value" },
      Count: { DataType: "Number", StringValue: "1" },
      Bytes: { DataType: "Binary.x", BinaryValue: "AAAA" },
    },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: "Root=1" } },
    MessageGroupId: "a",
  };
  const received = { MaxNumberOfMessages: 10, WaitTimeSeconds: 0, VisibilityTimeout: 0 };
  const actions: [string, object][] = [
    ["CreateQueue", { QueueName: "hostile-new", Attributes: { VisibilityTimeout: "30", DelaySeconds: "0" } }],
    ["DeleteQueue", { QueueUrl: `${QueueUrl}-new` }],
    ["GetQueueUrl", { QueueName: "hostile" }],
    ["ListQueues", { QueueNamePrefix: "h", MaxResults: 1, NextToken: "0" }],
    ["ListDeadLetterSourceQueues", { QueueUrl: `${QueueUrl}-dead`, MaxResults: 1 }],
    ["GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] }],
    [
      "SetQueueAttributes",
      { QueueUrl, Attributes: { VisibilityTimeout: "30", MaximumMessageSize: "1048576" } },
    ],
    ["SendMessage", { QueueUrl, ...message }],
    [
      "SendMessageBatch",
      {
        QueueUrl,
        Entries: [
          { Id: "a", ...message },
          { Id: "b", MessageBody: "b" },
        ],
      },
    ],
    ["ReceiveMessage", { QueueUrl, ...received, MessageAttributeNames: ["All"], AttributeNames: ["All"] }],
    ["DeleteMessage", { QueueUrl, ReceiptHandle }],
    ["DeleteMessageBatch", { QueueUrl, Entries: [{ Id: "a", ReceiptHandle }] }],
    ["ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }],
    [
      "ChangeMessageVisibilityBatch",
      { QueueUrl, Entries: [{ Id: "a", ReceiptHandle, VisibilityTimeout: 0 }] },
    ],
    ["PurgeQueue", { QueueUrl }],
    ["StartMessageMoveTask", { SourceArn, MaxNumberOfMessagesPerSecond: 500 }],
    ["ListMessageMoveTasks", { SourceArn, MaxResults: 10 }],
    ["CancelMessageMoveTask", { TaskHandle }],
    ["TagQueue", { QueueUrl, Tags: { a: "b" } }],
  ];
  return actions.map(ofService("AmazonSQS", {}));
}

/** For a function that consumes SQS messages. */
export function lambdaSamples(name: string): Sample[] {
  const record = {
    messageId: "a",
    receiptHandle: "b",
    body: "{}",
    attributes: { ApproximateReceiveCount: "1" },
  };
  const pathOf = (named: string) => `/2015-03-31/functions/${named}/invocations`;
  const arn = encodeURIComponent(`arn:aws:lambda:us-east-1:000000000000:function:${name}:$LATEST`);
  return [
    { path: pathOf(name), body: { Records: [] } },
    { path: pathOf(name), body: { Records: [record] } },
    { path: pathOf(name), headers: { "X-Amz-Invocation-Type": "Event" }, body: { Records: [] } },
    { path: pathOf(arn), headers: { "X-Amz-Invocation-Type": "DryRun", "X-Amz-Log-Type": "Tail" }, body: {} },
    { path: pathOf("nobody"), body: { Records: [] } },
    { method: "GET", path: `/2015-03-31/functions/${name}` },
  ];
}

const TableName = "hostile";
const Key = { id: { S: "a" } };
const Item = {
  ...Key,
  n: { N: "1" },
  list: { L: [{ BOOL: true }, { NULL: true }] },
  map: { M: { s: { SS: ["x"] } } },
};

/** They use a table that they create themselves. */
export const dynamoDbSamples: Sample[] = [
  ...Array.from({ length: 3 }, (): [string, object] => [
    "CreateTable",
    {
      TableName,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    },
  ]),
  [
    "PutItem",
    {
      TableName,
      Item,
      ConditionExpression: "attribute_not_exists(id) OR n > :n",
      ExpressionAttributeValues: { ":n": { N: "0" } },
    },
  ],
  [
    "GetItem",
    {
      TableName,
      Key,
      ConsistentRead: true,
      ProjectionExpression: "#n",
      ExpressionAttributeNames: { "#n": "n" },
    },
  ],
  [
    "UpdateItem",
    {
      TableName,
      Key,
      UpdateExpression: "SET n = if_not_exists(n, :n), m.x = :n REMOVE z ADD c :n",
      ExpressionAttributeValues: { ":n": { N: "1" } },
      ReturnValues: "ALL_NEW",
    },
  ],
  ["DeleteItem", { TableName, Key, ReturnValues: "ALL_OLD" }],
  [
    "Query",
    {
      TableName,
      KeyConditionExpression: "id = :id",
      ExpressionAttributeValues: { ":id": { S: "a" } },
      Limit: 1,
    },
  ],
  ["Scan", { TableName, FilterExpression: "n > :n", ExpressionAttributeValues: { ":n": { N: "0" } } }],
  [
    "BatchWriteItem",
    { RequestItems: { [TableName]: [{ PutRequest: { Item } }, { DeleteRequest: { Key } }] } },
  ],
  ["BatchGetItem", { RequestItems: { [TableName]: { Keys: [Key] } } }],
  ["DescribeTable", { TableName }],
  ["ListTables", { Limit: 1, ExclusiveStartTableName: "a" }],
  ["UpdateTable", { TableName, BillingMode: "PAY_PER_REQUEST" }],
  ["DescribeTimeToLive", { TableName }],
].map((sample) => ofService("DynamoDB_20120810", signed)(sample as [string, object]));

/** For a device and its customer. */
export function apiSamples(device: { customerId: string; macAddress: string }): Sample[] {
  return [
    { path: "/activations", body: device },
    { path: "/activations", headers: { "Content-Encoding": "identity" }, body: device },
    { method: "GET", path: "/activations/7885ca34-f3ff-4575-b062-da50e9ae746a" },
    { method: "GET", path: "/healthz" },
  ];
}

/** For a device. The weather stays such that provisioning works. */
export function vendorSamples({ macAddress }: { macAddress: string }): Sample[] {
  const weather = { medianMs: 20, p99Ms: 20, capacity: 20, line: 20, seed: 1, poison: [macAddress] };
  return [
    { path: "/provisionings", body: { macAddress } },
    { path: "/provisionings", headers: { "Idempotency-Key": '"a-key"' }, body: { macAddress } },
    { method: "PATCH", path: "/weather", body: weather },
    { method: "PATCH", path: "/weather", body: { poison: [], honoursIdempotencyKey: true } },
    ...["/weather", "/ledger", "/ledger/open", "/ledger/summary"].map((path) => ({ method: "GET", path })),
  ];
}

export const inspectionSamples: Sample[] = [
  { method: "GET", path: "/" },
  { method: "GET", path: "/?bodies=no" },
  { method: "HEAD", path: "/?bodies=no" },
];

/** For a caller who knows the token. */
export function controlSamples(token: string): Sample[] {
  const commands = [
    { kind: "hello" },
    { kind: "history" },
    { kind: "kill", target: "api" },
    { kind: "outage", seconds: 1 },
    { kind: "duplicates", everyNth: 2 },
  ];
  return commands.map((body) => ({ headers: { "X-Take-A-Ticket-Token": token }, body }));
}
