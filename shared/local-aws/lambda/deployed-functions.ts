import type { InspectedFunction } from "../inspection.ts";
import type { SqsService } from "../sqs/service.ts";
import type { FunctionResource } from "../template/stack.ts";
import {
  AsyncEvents,
  retryDelaysSecondsOnAws,
  sendToDeadLetterQueue,
  sendToDestination,
} from "./async-events.ts";
import type { Discarded, SetAside } from "./async-events.ts";
import { bundle, type Bundles } from "./bundle.ts";
import { EventSourceMapping } from "./event-source-mapping.ts";
import { environmentsMax, LambdaFunction } from "./lambda-function.ts";
import { Watchdog } from "./watchdog.ts";

interface DeploymentOptions {
  functions: readonly FunctionResource[];
  service: SqsService;
  /** What a template can't express. */
  settings: {
    asyncRetryDelaysSeconds?: readonly number[] | undefined;
    maximumConcurrency?: number | undefined;
  };
  /** All variables of an environment, given those of the template. */
  variablesOf: (template: Record<string, string>) => Record<string, string>;
  onLine: (source: string, line: string) => void;
}

interface DeployedFunction {
  function: LambdaFunction;
  asyncEvents: AsyncEvents;
  mappings: EventSourceMapping[];
}

/** Bundles the functions of a template and creates their mappings, not yet enabled. Throws a TemplateError. */
export async function deployFunctions(options: DeploymentOptions) {
  const { functions, onLine } = options;
  const bundles =
    functions.length > 0 ? await bundle(functions.map(({ entryFile }) => entryFile)) : undefined;
  const watchdog = new Watchdog((message) =>
    onLine(
      "lambda",
      `No watchdog could start (${message}). If this process is killed now, a function that spins goes on without it.`,
    ),
  );
  const all = bundles
    ? functions.map((resource) => deployFunction(resource, bundles, watchdog, options))
    : [];
  const eventSources = all.flatMap(({ mappings, asyncEvents }) => [...mappings, asyncEvents]);
  const environments = () => all.flatMap((each) => each.function.environments());

  return {
    notes: functions.flatMap(notesOf),
    find: (name: string) => all.find((each) => each.function.name === name),
    enable: () => eventSources.forEach((source) => source.enable()),
    /** Resolves once nothing polls and nothing runs. */
    disable: async () => {
      await Promise.all(eventSources.map((source) => source.disable()));
    },
    deliverTwice(everyNth: number, delaysMs: number[]) {
      all.forEach(({ asyncEvents }) => asyncEvents.deliverTwice(everyNth, delaysMs));
    },
    /** Kills one environment in the middle of anything. Resolves when its process is gone. Rejects if none has this process id. */
    async kill(pid: number): Promise<void> {
      const environment = environments().find((candidate) => candidate.pid === pid);
      if (!environment) {
        const known = environments().map((candidate) => candidate.pid);
        throw new Error(`${pid} is no execution environment: there are ${known.join(", ") || "none"}.`);
      }
      environment.kill("killed");
      await environment.exited;
    },
    inspect: (wanted: { withMessages: boolean }) => all.map((each) => inspectFunction(each, wanted)),
    /** Ends all environments at once. */
    stop: async () => {
      all.forEach(({ asyncEvents }) => asyncEvents.close());
      await Promise.all(all.map((each) => each.function.stop()));
      await watchdog.stop();
    },
  };
}

function deployFunction(
  resource: FunctionResource,
  bundles: Bundles,
  watchdog: Watchdog,
  options: DeploymentOptions,
): DeployedFunction {
  const { service, settings, variablesOf, onLine } = options;
  const { name, eventInvoke } = resource;
  const lambda = new LambdaFunction(
    name,
    {
      runtime: bundles.runtime,
      handler: bundles.handler(resource.entryFile),
      exportName: resource.exportName,
      timeoutSeconds: resource.timeoutSeconds,
      variables: () => variablesOf({ ...describe(resource), ...resource.variables }),
      sourceName: name,
      onLine,
      trace: service.trace,
      watchdog,
    },
    resource.reservedConcurrency,
  );

  const queueOf = (queueName = "") => service.queueNamed(queueName);
  const onDiscard = (discarded: Discarded) => {
    const deadLetterQueue = queueOf(eventInvoke.deadLetterQueue);
    const destination = queueOf(eventInvoke.onFailureQueue);
    const functionArn = `arn:aws:lambda:${service.region}:${service.accountId}:function:${name}`;
    const setAside: SetAside[] = [];
    if (deadLetterQueue) {
      const { sequence: newRow } = sendToDeadLetterQueue(deadLetterQueue, discarded);
      setAside.push({ to: deadLetterQueue.name, newRow });
    }
    if (destination) {
      const { sequence: newRow } = sendToDestination(destination, discarded, { functionArn });
      setAside.push({ to: destination.name, newRow });
    }
    const became = setAside.length > 0 ? "set aside" : "dropped";
    onLine(name, `${discarded.event.requestId} ${discarded.condition}: the event is ${became}`);
    return setAside[0];
  };
  const asyncEvents = new AsyncEvents({
    function: lambda,
    maximumRetryAttempts: eventInvoke.maximumRetryAttempts,
    maximumEventAgeSeconds: eventInvoke.maximumEventAgeSeconds,
    retryDelaysSeconds: settings.asyncRetryDelaysSeconds ?? retryDelaysSecondsOnAws,
    onDiscard,
    trace: service.trace,
  });

  const { maximumConcurrency } = settings;
  const { region } = service;
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
const describe = ({ name, memoryMegabytes, exportName, runtime }: FunctionResource) => ({
  AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  _HANDLER: `handler.${exportName}`,
});

// Includes each asynchronous event only `withMessages`.
function inspectFunction(
  { function: lambda, asyncEvents, mappings }: DeployedFunction,
  { withMessages }: { withMessages: boolean },
): InspectedFunction {
  const { name, invocations, errors, timeouts, emptyAnswers, processorMs } = lambda;
  const events = asyncEvents.events();
  const nowMs = Date.now();
  const oldestMs = Math.min(nowMs, ...events.map(({ receivedAtMs }) => receivedAtMs));
  return {
    name,
    mappingEnabled: mappings.some(({ isEnabled }) => isEnabled),
    mappings: mappings.map(({ source: { batchSize, maximumConcurrency, reportsBatchItemFailures } }) => ({
      batchSize,
      reportsBatchItemFailures,
      ...(maximumConcurrency !== undefined && { maximumConcurrency }),
    })),
    invocations,
    errors,
    timeouts,
    emptyAnswers,
    processorMs,
    asyncEvents: {
      received: asyncEvents.received,
      discarded: asyncEvents.discarded,
      waiting: events.filter(({ state }) => state === "waiting").length,
      running: events.filter(({ state }) => state === "running").length,
      oldestAgeSeconds: (nowMs - oldestMs) / 1_000,
      events: withMessages
        ? events.map(({ receivedAtMs: _received, duplicateAfterMs: _duplicate, ...shown }) => shown)
        : [],
    },
    environments: lambda
      .environments()
      .flatMap(({ pid, state, bodies }) => (state === "gone" ? [] : [{ pid, state, bodies }])),
  };
}
