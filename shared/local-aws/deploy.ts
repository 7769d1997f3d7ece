import { readFile } from "node:fs/promises";

import { functionEnvironment, ofNoAccount } from "#shared/run/environment.ts";
import type { AwsDetails, ProcessOptions } from "./commands.ts";
import { startDynamoDb } from "./dynamodb.ts";
import { deployFunctions } from "./lambda/deployed-functions.ts";
import { startLambdaServer, type Invokable } from "./lambda/server.ts";
import type { RunningSqs } from "./sqs/api/server.ts";
import { outputsBehind, TemplateError, type Stack } from "./template/stack.ts";

const emptyStack: Stack = {
  queues: [],
  tables: [],
  functions: [],
  outputs: {},
  parameters: {},
  overrides: {},
  ignored: [],
};

interface DeployOptions extends ProcessOptions {
  sqs: RunningSqs;
  onLine: (source: string, line: string) => void;
}

/** Creates what a template describes. Throws a TemplateError, or a UsageError if a port is taken. */
export async function deploy(options: DeployOptions) {
  const { sqs, templateFile, onLine } = options;
  const { region } = sqs.service;
  const stack = templateFile === undefined ? emptyStack : await readStack(templateFile, options);
  for (const { name, attributes } of stack.queues) {
    sqs.service.createQueue(name, attributes);
  }

  // Listens before the functions exist, since they need its URL. No client knows its port before that.
  let find: (name: string) => Invokable | undefined = () => undefined;
  const lambda = await startLambdaServer((name) => find(name));
  const endpoints: Record<string, string> = {
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
  };
  // The bundler runs in its own process, so it works while DynamoDB is loaded here.
  const functionsDeployed = deployFunctions({
    functions: stack.functions,
    service: sqs.service,
    settings: options,
    variablesOf: (template) => ({
      ...functionEnvironment(),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      ...ofNoAccount,
      TZ: ":UTC",
      ...endpoints,
      // An SDK client sends its requests to where a queue's URL points.
      ...outputsBehind(options.environment?.["AWS_ENDPOINT_URL_SQS"], template, sqs.url),
      ...options.environment,
    }),
    onLine,
  });
  const [functions, dynamoDb] = await Promise.all([functionsDeployed, createTables(stack, options)]);
  endpoints["AWS_ENDPOINT_URL_DYNAMODB"] = dynamoDb.url;
  find = functions.find;
  if (options.consumers !== false) {
    functions.enable();
  }

  const { outputs, parameters, overrides, ignored } = stack;
  const details: Omit<AwsDetails, "inspectUrl"> = {
    sqsUrl: sqs.url,
    dynamoDbUrl: dynamoDb.url,
    lambdaUrl: lambda.url,
    outputs,
    parameters,
    overrides: { ...overrides, ...recorded(options) },
    ignored: [...ignored, ...functions.notes],
  };
  return { details, functions, dynamoDb, lambda, queues: stack.queues };
}

// What a template can't express. The results record it like an overridden parameter.
function recorded({ asyncRetryDelaysSeconds, maximumConcurrency }: DeployOptions): Record<string, string> {
  return {
    ...(asyncRetryDelaysSeconds && { AsyncRetryDelaysSeconds: asyncRetryDelaysSeconds.join(", ") }),
    ...(maximumConcurrency !== undefined && { MaximumConcurrency: String(maximumConcurrency) }),
  };
}

async function createTables(stack: Stack, { dynamoDbPort, sqs }: DeployOptions) {
  const dynamoDb = await startDynamoDb({ port: dynamoDbPort, trace: sqs.service.trace });
  await Promise.all(stack.tables.map((table) => dynamoDb.createTable(table)));
  return dynamoDb;
}

async function readStack(file: string, { sqs, parameters = {} }: DeployOptions): Promise<Stack> {
  const { parseTemplate } = await import("./template/template.ts");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new TemplateError(`${file} can't be read: name an existing template.yaml.`, { cause });
  });
  const { region, accountId } = sqs.service;
  return parseTemplate(text, { file, region, accountId, queueUrl: (name) => sqs.queueUrl(name), parameters });
}
