import { relative } from "node:path";

import { readFunction } from "./function.ts";
import { checkNames } from "./names.ts";
import { isResourceType, type ResourceType } from "./properties.ts";
import { inOrderOfCreation, readQueue } from "./queue.ts";
import { SourceFile, type Item } from "./source.ts";
import type { Stack } from "./stack.ts";
import { readTable } from "./table.ts";
import { nameOf, parameterScope, resourceScope, textOf } from "./values.ts";
import type { NamedResource, Scope, StackContext } from "./values.ts";

const samTransform = "AWS::Serverless-2016-10-31";

/** Reads a SAM template. Throws a TemplateError for anything that AWS or this project refuses. */
export function parseTemplate(
  text: string,
  { parameters: given = {}, ...context }: StackContext & { parameters?: Readonly<Record<string, string>> },
): Stack {
  const root = new SourceFile(shown(context.file)).parse(text);
  const ignored = checkNames(root);
  const parameters = readParameters(root, given);
  const fromParameters = parameterScope(parameters.values, context);

  const { resources, awsOnly } = nameResources(root.need("Resources"), fromParameters);
  const scope = resourceScope(fromParameters, resources, context, awsOnly);
  const ofType = (type: ResourceType) => [...resources.values()].filter((resource) => resource.type === type);

  const globals = root.get("Globals")?.get("Function");
  const functions = ofType("AWS::Serverless::Function");
  if ((globals || functions.length > 0) && root.get("Transform")?.scalar() !== samTransform) {
    throw (functions[0]?.item ?? root).fails(`needs the line "Transform: ${samTransform}" in its template`);
  }

  const arnOf = ({ item }: NamedResource) => scope.getAtt(item.key, "Arn", item);
  const queueItems = ofType("AWS::SQS::Queue");
  const queueNames = new Map(queueItems.map((queue) => [arnOf(queue), queue.name]));
  const queues = queueItems.map((named) => ({ ...named, queue: readQueue(named, scope, queueNames) }));
  const queueByArn = new Map(queues.map(({ queue, ...named }) => [arnOf(named), queue]));

  const stack: Stack = {
    queues: inOrderOfCreation(queues),
    tables: ofType("AWS::DynamoDB::Table").map((table) => readTable(table, scope)),
    functions: functions.map((named) =>
      readFunction(named, { scope, globals, templateFile: context.file, queueByArn }),
    ),
    outputs: readOutputs(root.get("Outputs"), scope),
    parameters: Object.fromEntries([...parameters.values].map(([name, value]) => [name, String(value)])),
    overrides: parameters.overrides,
    ignored: [],
  };
  const inOrder = ignored.toSorted((one, other) => one.line - other.line);
  return { ...stack, ignored: inOrder.map(({ place: where, line }) => `${where} (line ${line})`) };
}

/** The file as a user in the current folder would name it. */
function shown(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}

// Fills in the given values. `overrides` are those that differ from the template's default.
function readParameters(root: Item, given: Readonly<Record<string, string>>) {
  const declared = root.get("Parameters")?.entries() ?? [];
  const known = declared.map(({ key }) => key);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const names = known.length > 0 ? `it has ${known.join(", ")}` : "it has none";
    throw root.fails(`has no parameter ${unknown}: ${names}`);
  }

  // Keeps a Number a number, to tell it from text.
  const values = new Map<string, string | number>();
  const overrides: Record<string, string> = {};
  for (const parameter of declared) {
    needPlainName(parameter);
    const fallback = parameter.get("Default")?.scalar();
    const value = Object.hasOwn(given, parameter.key) ? given[parameter.key] : fallback;
    if (value === undefined) {
      throw parameter.fails(`has no Default: give it a value, as ${parameter.key}=...`);
    }
    values.set(parameter.key, accepted(parameter, String(value)));
    if (fallback !== undefined && String(value) !== String(fallback)) {
      overrides[parameter.key] = String(value);
    }
  }
  return { values, overrides };
}

// Alphanumeric: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
function needPlainName(item: Item): void {
  if (!/^[A-Za-z0-9]+$/.test(item.key)) {
    throw item.fails("must have a name of letters and digits only, as CloudFormation wants it");
  }
}

function accepted(parameter: Item, value: string): string | number {
  const type = String(parameter.need("Type").scalar());
  if (type !== "String" && type !== "Number") {
    throw parameter.fails(`has the type ${type}: use String or Number`);
  }
  if (type === "Number" && (value.trim() === "" || !Number.isFinite(Number(value)))) {
    throw parameter.fails(`must be a number, got ${value}`);
  }

  const allowed = parameter
    .get("AllowedValues")
    ?.list()
    .map((item) => String(item.scalar()));
  if (allowed && !allowed.includes(value)) {
    throw parameter.fails(`must be one of ${allowed.join(", ")}, got ${value}`);
  }
  const pattern = parameter.get("AllowedPattern");
  if (pattern && !wholeOf(pattern).test(value)) {
    throw parameter.fails(`must match ${String(pattern.scalar())}, got ${value}`);
  }
  const isNumber = type === "Number";
  const size = isNumber ? Number(value) : value.length;
  const least = parameter.get(isNumber ? "MinValue" : "MinLength")?.scalar();
  const most = parameter.get(isNumber ? "MaxValue" : "MaxLength")?.scalar();
  const what = isNumber ? "be" : "have a length of";
  if (least !== undefined && size < Number(least)) {
    throw parameter.fails(`must ${what} at least ${least}, got ${size}`);
  }
  if (most !== undefined && size > Number(most)) {
    throw parameter.fails(`must ${what} at most ${most}, got ${size}`);
  }
  return isNumber ? size : value;
}

/** Compiles a pattern that has to match the whole text. */
function wholeOf(pattern: Item): RegExp {
  try {
    return new RegExp(`^(?:${String(pattern.scalar())})$`, "u");
  } catch {
    throw pattern.fails(`must be a regular expression, got ${String(pattern.scalar())}`);
  }
}

function nameResources(section: Item, scope: Scope) {
  const resources = new Map<string, NamedResource>();
  const awsOnly = new Set<string>();
  for (const item of section.entries()) {
    needPlainName(item);
    const type = String(item.need("Type").scalar());
    if (!isResourceType(type)) {
      awsOnly.add(item.key);
      continue;
    }
    const resource = { item, type, name: nameOf(item, type, scope) };
    const twin = [...resources.values()].find((other) => other.type === type && other.name === resource.name);
    if (twin) {
      throw item.fails(`has the same name as ${twin.item.key}: ${resource.name}`);
    }
    resources.set(item.key, resource);
    if (item.get("Properties")?.get("FunctionUrlConfig")) {
      // The resource that SAM makes from it.
      awsOnly.add(`${item.key}Url`);
    }
  }
  return { resources, awsOnly };
}

function readOutputs(section: Item | undefined, scope: Scope): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const output of section?.entries() ?? []) {
    const variable = environmentName(output.key);
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(output.key) || Object.hasOwn(outputs, variable)) {
      throw output.fails(
        `must have a name that no other output has, of letters and digits, since it becomes ${variable}`,
      );
    }
    outputs[variable] = textOf(output.need("Value"), scope);
  }
  return outputs;
}

/** `DeadLetterQueueUrl` -> `DEAD_LETTER_QUEUE_URL`. */
export function environmentName(output: string): string {
  return output
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toUpperCase();
}
