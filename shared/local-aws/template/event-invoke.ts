import { blocks } from "./properties.ts";
import type { SourceQueue } from "./event-source.ts";
import type { Item } from "./source.ts";
import type { EventInvokeConfig } from "./stack.ts";
import { integerOf, textOf, wordOf, type Scope } from "./values.ts";

// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
const limits = { retryAttempts: { min: 0, max: 2 }, eventAgeSeconds: { min: 60, max: 21_600 } };

interface Context {
  scope: Scope;
  queueByArn: ReadonlyMap<string, SourceQueue>;
}

/** Reads a function's settings for asynchronous invocations; `setting` finds one by its name. */
export function readEventInvoke(
  setting: (key: string) => Item | undefined,
  context: Context,
): EventInvokeConfig {
  const { scope } = context;
  const config = setting("EventInvokeConfig");
  config?.check(blocks.eventInvokeConfig);
  const retries = config?.get("MaximumRetryAttempts");
  const age = config?.get("MaximumEventAgeInSeconds");
  const destinations = config?.get("DestinationConfig");
  destinations?.check(blocks.destinationConfig);

  const onFailureQueue = queueOf(destinations?.get("OnFailure"), "Destination", blocks.destination, context);
  const deadLetterQueue = queueOf(
    setting("DeadLetterQueue"),
    "TargetArn",
    blocks.functionDeadLetterQueue,
    context,
  );
  return {
    maximumRetryAttempts: retries
      ? integerOf(retries, scope, limits.retryAttempts)
      : limits.retryAttempts.max,
    maximumEventAgeSeconds: age ? integerOf(age, scope, limits.eventAgeSeconds) : limits.eventAgeSeconds.max,
    ...(onFailureQueue !== undefined && { onFailureQueue }),
    ...(deadLetterQueue !== undefined && { deadLetterQueue }),
  };
}

/** The reserved concurrency; refused beside SQS events, where it would throttle the pollers. */
export function readReservedConcurrency(item: Item | undefined, scope: Scope, events: number) {
  if (item && events > 0) {
    throw item.fails(
      "is emulated for asynchronous invocations only: limit the SQS event by ScalingConfig: MaximumConcurrency",
    );
  }
  return item && integerOf(item, scope, { min: 0, max: 1_000 });
}

function queueOf(
  block: Item | undefined,
  arnKey: string,
  lists: Parameters<Item["check"]>[0],
  { scope, queueByArn }: Context,
): string | undefined {
  if (!block) {
    return undefined;
  }
  block.check(lists);
  wordOf(block.need("Type"), scope, ["SQS"]);
  const arn = block.need(arnKey);
  const queue = queueByArn.get(textOf(arn, scope));
  if (!queue) {
    throw arn.fails(
      `must be the Arn of a queue of this template (!GetAtt NAME.Arn), got ${textOf(arn, scope)}`,
    );
  }
  return queue.name;
}
