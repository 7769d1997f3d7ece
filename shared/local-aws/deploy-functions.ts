import { bundle } from "./lambda/bundle.ts";
import { EventSourceMapping } from "./lambda/event-source-mapping.ts";
import { environmentsMax, LambdaFunction } from "./lambda/lambda-function.ts";
import type { SqsService } from "./sqs/service.ts";
import type { FunctionResource } from "./template/stack.ts";

interface Options {
  functions: readonly FunctionResource[];
  service: SqsService;
  region: string;
  /** All variables of an environment, given those of the template. */
  variablesOf: (template: Record<string, string>) => Record<string, string>;
  onLine: (source: string, line: string) => void;
}

/** The functions of a template, bundled, and their mappings, not yet enabled. */
export async function deployFunctions({ functions, service, region, variablesOf, onLine }: Options) {
  const bundles =
    functions.length > 0 ? await bundle(functions.map(({ entryFile }) => entryFile)) : undefined;
  const deployed: LambdaFunction[] = [];
  const mappings: EventSourceMapping[] = [];
  const notes: string[] = [];

  for (const resource of functions) {
    const lambda = new LambdaFunction(resource.name, {
      environmentFile: bundles?.environmentFile ?? "",
      handlerFile: bundles?.handlerFile(resource.entryFile) ?? "",
      exportName: resource.exportName,
      timeoutSeconds: resource.timeoutSeconds,
      variables: () => variablesOf({ ...describe(resource), ...resource.variables }),
      sourceName: resource.name,
      onLine,
    });
    deployed.push(lambda);
    for (const source of resource.eventSources.filter(({ enabled }) => enabled)) {
      const queue = service.findQueue(source.queueName);
      if (queue) {
        mappings.push(new EventSourceMapping({ queue, function: lambda, source, region, onLine }));
      }
      if ((source.maximumConcurrency ?? 0) > environmentsMax) {
        notes.push(
          `${resource.name}: MaximumConcurrency above ${environmentsMax} (this machine runs no more)`,
        );
      }
    }
  }

  const environments = () => deployed.flatMap((lambda) => lambda.environments());
  return {
    notes,
    enable: () => mappings.forEach((mapping) => mapping.enable()),
    /** Resolves once nothing polls and nothing runs. */
    disable: async () => {
      await Promise.all(mappings.map((mapping) => mapping.disable()));
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
    inspect: () =>
      deployed.map((lambda) => ({
        name: lambda.name,
        mappingEnabled: mappings.some(
          ({ functionName, isEnabled }) => isEnabled && functionName === lambda.name,
        ),
        invocations: lambda.invocations,
        errors: lambda.errors,
        timeouts: lambda.timeouts,
        environments: lambda
          .environments()
          .flatMap(({ pid, state, bodies }) => (state === "gone" ? [] : [{ pid, state, bodies }])),
      })),
    /** Ends environments at once, and removes the bundles. */
    stop: async () => {
      await Promise.all(deployed.map((lambda) => lambda.stop()));
      await bundles?.remove();
    },
  };
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
const describe = ({ name, memoryMegabytes, exportName }: FunctionResource) => ({
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  _HANDLER: `handler.${exportName}`,
});
