import { basename, dirname } from "node:path";

import type { Item } from "./source.ts";
import { textOf, type Scope } from "./values.ts";

/** Where the embedded AWS pretends to be. */
export interface Place {
  /** The template's file, absolute. */
  file: string;
  region: string;
  accountId: string;
  /** The URL of a queue of this name. */
  queueUrl(name: string): string;
}

/** A resource of a known type and the name it gets. */
export interface NamedResource {
  item: Item;
  type: string;
  name: string;
}

const nameProperties: Readonly<Record<string, string>> = {
  "AWS::SQS::Queue": "QueueName",
  "AWS::DynamoDB::Table": "TableName",
  "AWS::Serverless::Function": "FunctionName",
};

const arnServices: Readonly<Record<string, string>> = {
  "AWS::SQS::Queue": "sqs",
  "AWS::DynamoDB::Table": "dynamodb",
  "AWS::Serverless::Function": "lambda",
};

const arnPrefixes: Readonly<Record<string, string>> = {
  "AWS::SQS::Queue": "",
  "AWS::DynamoDB::Table": "table/",
  "AWS::Serverless::Function": "function:",
};

// What exists on AWS only has an address that leads nowhere (RFC 6761), rather than to somebody's real system.
const nowhere = "aws-only.invalid";

/** References while only the parameters are known: a resource's own name can't depend on another resource. */
export function parameterScope(values: ReadonlyMap<string, string | number>, place: Place): Scope {
  const pseudo = new Map<string, string>([
    ["AWS::AccountId", place.accountId],
    ["AWS::Partition", "aws"],
    ["AWS::Region", place.region],
    ["AWS::StackName", stackName(place.file)],
    ["AWS::URLSuffix", nowhere],
  ]);
  return {
    ref(name, at) {
      const value = values.get(name) ?? pseudo.get(name);
      if (value === undefined) {
        throw at.fails(`refers to ${name}, which is no parameter of this template`);
      }
      return value;
    },
    getAtt(resource, _attribute, at) {
      throw at.fails(`refers to ${resource}: a name may use parameters only`);
    },
  };
}

/** References once every resource has its name: a queue's `!Ref` is its URL, as on AWS. */
export function resourceScope(
  parameters: Scope,
  resources: ReadonlyMap<string, NamedResource>,
  place: Place,
  awsOnly: ReadonlySet<string> = new Set(),
): Scope {
  return {
    ref(name, at) {
      const resource = resources.get(name);
      if (awsOnly.has(name)) {
        return name;
      }
      if (!resource) {
        return parameters.ref(name, at);
      }
      return resource.type === "AWS::SQS::Queue" ? place.queueUrl(resource.name) : resource.name;
    },
    getAtt(name, attribute, at) {
      const resource = resources.get(name);
      if (awsOnly.has(name)) {
        return `https://${name.toLowerCase()}.${nowhere}/${attribute}`;
      }
      const service = resource && arnServices[resource.type];
      if (!resource || service === undefined) {
        throw at.fails(`refers to ${name}, which is no queue, table or function of this template`);
      }
      if (attribute === "Arn") {
        const prefix = arnPrefixes[resource.type] ?? "";
        return `arn:aws:${service}:${place.region}:${place.accountId}:${prefix}${resource.name}`;
      }
      if (resource.type === "AWS::SQS::Queue" && attribute === "QueueName") {
        return resource.name;
      }
      if (resource.type === "AWS::SQS::Queue" && attribute === "QueueUrl") {
        return place.queueUrl(resource.name);
      }
      throw at.fails(`asks ${name} for ${attribute || "nothing"}, which is not emulated: use Arn`);
    },
  };
}

/** The name of a resource: the one it asks for, or its name in the template (AWS would add a random part). */
export function nameOf(item: Item, type: string, scope: Scope): string {
  const asked = item.get("Properties")?.get(nameProperties[type] ?? "");
  const name = asked ? textOf(asked, scope) : item.key;
  if (!/^[\w-]{1,80}$/.test(name) && type !== "AWS::DynamoDB::Table") {
    throw (asked ?? item).fails(`must be 1 to 80 letters, digits, "-" or "_", got ${name}`);
  }
  return name;
}

// Named after its folder, which may have a space in its name where a stack, and a queue named after it, may not.
function stackName(file: string): string {
  return basename(dirname(file)).replaceAll(/[^A-Za-z0-9-]+/g, "-") || "stack";
}
