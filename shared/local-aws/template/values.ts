import { basename, dirname } from "node:path";

import type { ResourceType } from "./properties.ts";
import type { Item, Scalar } from "./source.ts";

/** Resolves `!Ref` and `!GetAtt` in a template. */
export interface Scope {
  ref(name: string, at: Item): string | number;
  getAtt(resource: string, attribute: string, at: Item): string;
}

/** The value of an item, with its functions evaluated. */
export function valueOf(item: Item, scope: Scope): Scalar {
  const call = item.intrinsic();
  switch (call?.name) {
    case undefined:
      return item.scalar();
    case "!Ref":
      return scope.ref(String(call.argument.scalar()), item);
    case "!Sub":
      return substitute(call.argument, scope);
    case "!GetAtt": {
      const [resource = "", ...attribute] = namesOf(call.argument);
      return scope.getAtt(resource, attribute.join("."), item);
    }
    default:
      throw item.fails(`uses ${call?.name}, which is not emulated: use !Ref, !Sub or !GetAtt`);
  }
}

/** The text of an item. Writes a number out, as CloudFormation does. */
export function textOf(item: Item, scope: Scope): string {
  return String(valueOf(item, scope));
}

/** The whole number of an item. Throws a TemplateError outside `min` to `max`. */
export function integerOf(item: Item, scope: Scope, { min, max }: { min: number; max: number }): number {
  const value = valueOf(item, scope);
  // CloudFormation accepts "30" for 30: a parameter's value is always text.
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < min || number > max) {
    throw item.fails(`must be a whole number from ${min} to ${max}, got ${String(value)}`);
  }
  return number;
}

/** The whole number of an item, or the fallback if there is no item. */
export function integerOr(
  item: Item | undefined,
  scope: Scope,
  { fallback, ...limits }: { min: number; max: number; fallback: number },
): number {
  return item ? integerOf(item, scope, limits) : fallback;
}

/** The boolean of an item. */
export function booleanOf(item: Item, scope: Scope): boolean {
  const value = valueOf(item, scope);
  if (value !== true && value !== false && value !== "true" && value !== "false") {
    throw item.fails(`must be true or false, got ${value}`);
  }
  return value === true || value === "true";
}

/** The text of an item, which has to be one of `words`. Throws a TemplateError for another. */
export function wordOf(item: Item, scope: Scope, words: readonly string[]): string {
  const word = textOf(item, scope);
  if (!words.includes(word)) {
    throw item.fails(`must be ${words.join(" or ")}, got ${word}`);
  }
  return word;
}

function namesOf(argument: Item): string[] {
  return argument.isList
    ? argument.list().map((part) => String(part.scalar()))
    : String(argument.scalar()).split(".");
}

function substitute(argument: Item, scope: Scope): string {
  if (argument.isList) {
    throw argument.fails("uses !Sub with a list, which is not emulated: use !Sub with one text");
  }
  return String(argument.scalar()).replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) {
      return `\${${name}}`;
    }
    const [resource = "", ...attribute] = name.trim().split(".");
    return attribute.length > 0
      ? scope.getAtt(resource, attribute.join("."), argument)
      : String(scope.ref(resource, argument));
  });
}

/** What reading a template needs to know. */
export interface StackContext {
  /** The template's absolute path. */
  file: string;
  region: string;
  accountId: string;
  /** The URL of the queue with this name. */
  queueUrl(name: string): string;
}

/** A resource of a known type, with its name. */
export interface NamedResource {
  item: Item;
  type: ResourceType;
  name: string;
}

const kinds = {
  "AWS::SQS::Queue": { nameProperty: "QueueName", service: "sqs", prefix: "" },
  "AWS::DynamoDB::Table": { nameProperty: "TableName", service: "dynamodb", prefix: "table/" },
  "AWS::Serverless::Function": { nameProperty: "FunctionName", service: "lambda", prefix: "function:" },
} as const satisfies Record<ResourceType, object>;

// A resource that exists on AWS only gets an address that leads nowhere (RFC 6761), rather than to a real system.
const nowhere = "aws-only.invalid";

/** References while only the parameters are known: a resource's name can't depend on another resource. */
export function parameterScope(values: ReadonlyMap<string, string | number>, context: StackContext): Scope {
  const pseudo = new Map<string, string>([
    ["AWS::AccountId", context.accountId],
    ["AWS::Partition", "aws"],
    ["AWS::Region", context.region],
    ["AWS::StackName", stackName(context.file)],
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

/** References once every resource has its name. A queue's `!Ref` is its URL, as on AWS. */
export function resourceScope(
  parameters: Scope,
  resources: ReadonlyMap<string, NamedResource>,
  context: StackContext,
  awsOnly: ReadonlySet<string> = new Set(),
): Scope {
  /** SAM creates a role for each function that names none. */
  const refuseRole = (name: string, at: Item) => {
    const ofFunction = name.endsWith("Role") ? resources.get(name.slice(0, -"Role".length)) : undefined;
    if (ofFunction?.type === "AWS::Serverless::Function") {
      throw at.fails(
        `refers to ${name}, the role that SAM creates for ${ofFunction.item.key} on AWS. Nothing here checks rights: leave ` +
          `this out, or declare an AWS::IAM::Role, give it to the function as its Role, and refer to that one`,
      );
    }
  };
  return {
    ref(name, at) {
      const resource = resources.get(name);
      if (awsOnly.has(name)) {
        return name;
      }
      if (!resource) {
        refuseRole(name, at);
        return parameters.ref(name, at);
      }
      return resource.type === "AWS::SQS::Queue" ? context.queueUrl(resource.name) : resource.name;
    },
    getAtt(name, attribute, at) {
      const resource = resources.get(name);
      if (awsOnly.has(name)) {
        return `https://${name.toLowerCase()}.${nowhere}/${attribute}`;
      }
      if (!resource) {
        refuseRole(name, at);
        throw at.fails(`refers to ${name}, which is no queue, table or function of this template`);
      }
      const { service, prefix } = kinds[resource.type];
      if (attribute === "Arn") {
        return `arn:aws:${service}:${context.region}:${context.accountId}:${prefix}${resource.name}`;
      }
      if (resource.type === "AWS::SQS::Queue" && attribute === "QueueName") {
        return resource.name;
      }
      if (resource.type === "AWS::SQS::Queue" && attribute === "QueueUrl") {
        return context.queueUrl(resource.name);
      }
      throw at.fails(`asks ${name} for ${attribute || "nothing"}, which is not emulated: use Arn`);
    },
  };
}

/** The name of a resource: the one it asks for, or its name in the template (AWS would add a random part). */
export function nameOf(item: Item, type: ResourceType, scope: Scope): string {
  const asked = item.get("Properties")?.get(kinds[type].nameProperty);
  const fifo = type === "AWS::SQS::Queue" ? item.get("Properties")?.get("FifoQueue") : undefined;
  const ending = fifo && booleanOf(fifo, scope) ? ".fifo" : "";
  // The name that AWS generates for a FIFO queue has the ending too.
  const name = asked ? textOf(asked, scope) : item.key + ending;
  const bare = name.endsWith(ending) ? name.slice(0, name.length - ending.length) : "";
  if ((!/^[\w-]{1,80}$/.test(bare) || name.length > 80) && type !== "AWS::DynamoDB::Table") {
    const last = ending && ` and ${ending} at its end`;
    throw (asked ?? item).fails(`must be 1 to 80 letters, digits, "-" or "_"${last}, got ${name}`);
  }
  return name;
}

// Named after its folder. A folder's name may contain a space; the name of a stack or a queue may not.
function stackName(file: string): string {
  return basename(dirname(file)).replaceAll(/[^A-Za-z0-9-]+/g, "-") || "stack";
}
