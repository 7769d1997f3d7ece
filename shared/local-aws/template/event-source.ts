import { blocks } from "./properties.ts";
import type { Item } from "./source.ts";
import type { EventSource } from "./stack.ts";
import { booleanOf, integerOf, textOf, wordOf, type Scope } from "./values.ts";

/** A queue as an event source sees it. */
export interface SourceQueue {
  name: string;
  visibilityTimeoutSeconds: number;
}

/** Reads one of a function's `Events` by the rules of AWS's `CreateEventSourceMapping`. */
export function readEventSource(
  event: Item,
  scope: Scope,
  { timeoutSeconds, queueByArn }: { timeoutSeconds: number; queueByArn: ReadonlyMap<string, SourceQueue> },
): { source: EventSource; ignored: Item[] } {
  event.check(blocks.event);
  const type = textOf(event.need("Type"), scope);
  if (type !== "SQS") {
    throw event.need("Type").fails(`must be SQS, got ${type}: no other event is emulated`);
  }
  const properties = event.need("Properties");
  const ignored = properties.check(blocks.sqsEvent);

  const queueItem = properties.need("Queue");
  const queue = queueByArn.get(textOf(queueItem, scope));
  if (!queue) {
    throw queueItem.fails(
      `must be the Arn of a queue of this template (!GetAtt NAME.Arn), got ${textOf(queueItem, scope)}`,
    );
  }
  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: such a mapping is refused.
  if (timeoutSeconds > queue.visibilityTimeoutSeconds) {
    throw event.fails(
      `needs a queue whose VisibilityTimeout (${queue.visibilityTimeoutSeconds} s) is at least the function's ` +
        `Timeout (${timeoutSeconds} s), since a message would come back while it is worked on`,
    );
  }

  const window = properties.get("MaximumBatchingWindowInSeconds");
  const batchingWindowSeconds = window ? integerOf(window, scope, { min: 0, max: 300 }) : 0;
  const size = properties.get("BatchSize");
  const batchSize = size ? integerOf(size, scope, { min: 1, max: 10_000 }) : 10;
  if (size && batchSize > 10 && batchingWindowSeconds < 1) {
    throw size.fails(`above 10 needs a MaximumBatchingWindowInSeconds of at least 1, got ${batchSize}`);
  }

  const source: EventSource = {
    queueName: queue.name,
    batchSize,
    batchingWindowSeconds,
    reportsBatchItemFailures: reports(properties.get("FunctionResponseTypes"), scope),
    enabled: booleanOr(properties.get("Enabled"), scope, true),
  };
  const scaling = properties.get("ScalingConfig");
  scaling?.check(blocks.scalingConfig);
  const limit = scaling?.get("MaximumConcurrency");
  if (limit) {
    source.maximumConcurrency = integerOf(limit, scope, { min: 2, max: 1_000 });
  }
  return { source, ignored };
}

const booleanOr = (item: Item | undefined, scope: Scope, fallback: boolean) =>
  item ? booleanOf(item, scope) : fallback;

function reports(types: Item | undefined, scope: Scope): boolean {
  return (types?.list() ?? []).map((type) => wordOf(type, scope, ["ReportBatchItemFailures"])).length > 0;
}
