import { dirname, parse, resolve } from "node:path";

import { readEventInvoke, readReservedConcurrency } from "./event-invoke.ts";
import { readEventSource, type SourceQueue } from "./event-source.ts";
import { awsOnlyEventTypes, blocks, runtimes } from "./properties.ts";
import type { Item } from "./source.ts";
import type { NamedResource } from "./names.ts";
import type { FunctionResource } from "./stack.ts";
import { integerOf, textOf, wordOf, type Scope } from "./values.ts";

/** What a function's settings are read with. */
export interface FunctionContext {
  scope: Scope;
  /** `Globals.Function`, which every function starts from. */
  globals: Item | undefined;
  templateFile: string;
  queueByArn: ReadonlyMap<string, SourceQueue>;
}

// AWS's defaults: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
const defaultTimeoutSeconds = 3;
const defaultMemoryMegabytes = 128;

/** Reads an `AWS::Serverless::Function`. */
export function readFunction({ item, name }: NamedResource, context: FunctionContext) {
  const { scope, globals } = context;
  const properties = item.need("Properties");
  const setting = (key: string) => properties.get(key) ?? globals?.get(key);
  const needed = (key: string) => setting(key) ?? properties.need(key);

  wordOf(needed("Runtime"), scope, runtimes);
  const timeout = setting("Timeout");
  const timeoutSeconds = timeout ? integerOf(timeout, scope, { min: 1, max: 900 }) : defaultTimeoutSeconds;
  const memory = setting("MemorySize");
  const handler = needed("Handler");
  const [, modulePath, exportName] = /^(.+)\.(\w+)$/.exec(textOf(handler, scope)) ?? [];
  if (modulePath === undefined || exportName === undefined) {
    throw handler.fails(`must be FILE.EXPORT such as handler.handler, got ${textOf(handler, scope)}`);
  }

  const ignored: Item[] = [];
  const entryPoint = readEntryPoint(item, { handler, modulePath, ignored });
  const eventSources = (properties.get("Events")?.entries() ?? []).flatMap((event) => {
    if (awsOnlyEventTypes.includes(textOf(event.need("Type"), scope))) {
      ignored.push(event);
      return [];
    }
    const read = readEventSource(event, scope, { ...context, timeoutSeconds });
    ignored.push(...read.ignored);
    return read.source;
  });

  const reserved = setting("ReservedConcurrentExecutions");
  const reservedConcurrency = readReservedConcurrency(reserved, scope, eventSources.length);
  const resource: FunctionResource = {
    name,
    entryFile: resolve(dirname(context.templateFile), textOf(needed("CodeUri"), scope), entryPoint),
    exportName,
    timeoutSeconds,
    memoryMegabytes: memory ? integerOf(memory, scope, { min: 128, max: 10_240 }) : defaultMemoryMegabytes,
    variables: { ...readVariables(globals, scope), ...readVariables(properties, scope) },
    eventSources,
    eventInvoke: readEventInvoke(setting, context),
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
  };
  return { resource, ignored };
}

/** The file that is built, from `BuildProperties: EntryPoints`; the handler must be in one of them. */
function readEntryPoint(
  item: Item,
  { handler, modulePath, ignored }: { handler: Item; modulePath: string; ignored: Item[] },
): string {
  const metadata = item.get("Metadata");
  if (!metadata) {
    throw item.fails("needs Metadata: BuildMethod: esbuild, or its TypeScript can't run on AWS");
  }
  metadata.check(blocks.functionMetadata);
  const method = metadata.need("BuildMethod");
  if (method.scalar() !== "esbuild") {
    throw method.fails(`must be esbuild, got ${method.scalar()}`);
  }
  const build = metadata.get("BuildProperties");
  ignored.push(...(build?.check(blocks.buildProperties) ?? []));

  const entryPoints = build?.get("EntryPoints");
  const files = entryPoints?.list().map((file) => String(file.scalar())) ?? [`${modulePath}.ts`];
  // esbuild puts a single entry point at the top of its output, whatever folder it came from.
  const found = files.find((file) => {
    const { dir, name } = parse(file);
    return modulePath === name || modulePath === `${dir}/${name}`.replace(/^\.?\//, "");
  });
  if (found === undefined) {
    throw handler.fails(`names ${modulePath}, but the EntryPoints are ${files.join(", ")}`);
  }
  return found;
}

function readVariables(settings: Item | undefined, scope: Scope): Record<string, string> {
  const environment = settings?.get("Environment");
  environment?.check(blocks.environment);
  const variables = environment?.get("Variables")?.entries() ?? [];
  return Object.fromEntries(variables.map((variable) => [variable.key, textOf(variable, scope)]));
}
