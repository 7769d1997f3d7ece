import { AsyncEvents, retryDelaysSecondsOnAws, type Discarded } from "./lambda/async-events.ts";
import { bundle, type Bundles } from "./lambda/bundle.ts";
import { sendToDeadLetterQueue, sendToDestination } from "./lambda/discarded.ts";
import { EventSourceMapping } from "./lambda/event-source-mapping.ts";
import { inspectFunction } from "./lambda/inspect-function.ts";
import { environmentsMax, LambdaFunction } from "./lambda/lambda-function.ts";
import type { SqsService } from "./sqs/service.ts";
import type { FunctionResource } from "./template/stack.ts";

interface Options {
  functions: readonly FunctionResource[];
  service: SqsService;
  region: string;
  /** What no template says. */
  settings: {
    asyncRetryDelaysSeconds?: readonly number[] | undefined;
    maximumConcurrency?: number | undefined;
  };
  /** All variables of an environment, given those of the template. */
  variablesOf: (template: Record<string, string>) => Record<string, string>;
  onLine: (source: string, line: string) => void;
}

interface Deployed {
  function: LambdaFunction;
  asyncEvents: AsyncEvents;
  mappings: EventSourceMapping[];
}

/** The functions of a template, bundled, and their mappings, not yet enabled. */
export async function deployFunctions(options: Options) {
  const { functions } = options;
  const bundles =
    functions.length > 0 ? await bundle(functions.map(({ entryFile }) => entryFile)) : undefined;
  const all = bundles ? functions.map((resource) => deployFunction(resource, bundles, options)) : [];

  const environments = () => all.flatMap((each) => each.function.environments());
  return {
    notes: functions.flatMap(notesOf),
    find: (name: string) => all.find((each) => each.function.name === name),
    enable() {
      all.flatMap(({ mappings, asyncEvents }) => [...mappings, asyncEvents]).forEach((each) => each.enable());
    },
    /** Resolves once nothing polls and nothing runs. */
    disable: async () => {
      const each = all.flatMap(({ mappings, asyncEvents }) => [...mappings, asyncEvents]);
      await Promise.all(each.map((source) => source.disable()));
    },
    deliverTwice(everyNth: number, delaysMs: number[]) {
      all.forEach(({ asyncEvents }) => asyncEvents.deliverTwice(everyNth, delaysMs));
    },
    /** Ends one environment, whatever it does. */
    kill(pid: number): void {
      const environment = environments().find((candidate) => candidate.pid === pid);
      if (!environment) {
        const known =
          environments()
            .map((candidate) => candidate.pid)
            .join(", ") || "none";
        throw new Error(`${pid} is no execution environment: there are ${known}.`);
      }
      environment.kill();
    },
    inspect: (wanted: { withMessages: boolean }) => all.map((each) => inspectFunction(each, wanted)),
    /** Ends environments at once, and removes the bundles. */
    stop: async () => {
      all.forEach(({ asyncEvents }) => asyncEvents.close());
      await Promise.all(all.map((each) => each.function.stop()));
      await bundles?.remove();
    },
  };
}

function deployFunction(resource: FunctionResource, bundles: Bundles, options: Options): Deployed {
  const { service, region, settings, variablesOf, onLine } = options;
  const { name, eventInvoke } = resource;
  const lambda = new LambdaFunction(
    name,
    {
      environmentFile: bundles.environmentFile,
      handlerFile: bundles.handlerFile(resource.entryFile),
      exportName: resource.exportName,
      timeoutSeconds: resource.timeoutSeconds,
      variables: () => variablesOf({ ...describe(resource), ...resource.variables }),
      sourceName: name,
      onLine,
    },
    resource.reservedConcurrency,
  );

  const functionArn = `arn:aws:lambda:${region}:${service.accountId}:function:${name}`;
  const queueOf = (queueName = "") => service.findQueue(queueName);
  const onDiscard = (discarded: Discarded) => {
    const [deadLetterQueue, destination] = [
      queueOf(eventInvoke.deadLetterQueue),
      queueOf(eventInvoke.onFailureQueue),
    ];
    if (deadLetterQueue) {
      sendToDeadLetterQueue(deadLetterQueue, discarded);
    }
    if (destination) {
      sendToDestination(destination, discarded, { functionArn });
    }
    const became = deadLetterQueue || destination ? "set aside" : "dropped";
    onLine(name, `${discarded.event.requestId} ${discarded.condition}: the event is ${became}`);
  };
  const asyncEvents = new AsyncEvents({
    function: lambda,
    maximumRetryAttempts: eventInvoke.maximumRetryAttempts,
    maximumEventAgeSeconds: eventInvoke.maximumEventAgeSeconds,
    retryDelaysSeconds: settings.asyncRetryDelaysSeconds ?? retryDelaysSecondsOnAws,
    onDiscard,
  });

  const { maximumConcurrency } = settings;
  const mappings = resource.eventSources.flatMap((source) => {
    const queue = source.enabled ? queueOf(source.queueName) : undefined;
    return queue
      ? [new EventSourceMapping({ queue, function: lambda, source, maximumConcurrency, region, onLine })]
      : [];
  });
  return { function: lambda, asyncEvents, mappings };
}

function notesOf({ name, eventSources, reservedConcurrency = 0 }: FunctionResource): string[] {
  const limits = [
    ...eventSources.map(({ maximumConcurrency = 0 }) => ["MaximumConcurrency", maximumConcurrency] as const),
    ["ReservedConcurrentExecutions", reservedConcurrency] as const,
  ];
  return limits
    .filter(([, limit]) => limit > environmentsMax)
    .map(([setting]) => `${name}: ${setting} above ${environmentsMax} (this machine runs no more)`);
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
const describe = ({ name, memoryMegabytes, exportName }: FunctionResource) => ({
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  _HANDLER: `handler.${exportName}`,
});
