import { blocks } from "./properties.ts";
import type { Item } from "./source.ts";
import type { NamedResource } from "./names.ts";
import type { QueueResource } from "./stack.ts";
import { integerOf, textOf, type Scope } from "./values.ts";

// AWS's limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
const limits: Readonly<Record<string, { min: number; max: number }>> = {
  DelaySeconds: { min: 0, max: 900 },
  MaximumMessageSize: { min: 1_024, max: 1_048_576 },
  MessageRetentionPeriod: { min: 60, max: 1_209_600 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20 },
  VisibilityTimeout: { min: 0, max: 43_200 },
};

/** A queue's default where the template says nothing. */
export const defaultVisibilityTimeoutSeconds = 30;

/** Reads an `AWS::SQS::Queue`. */
export function readQueue(
  { item, name }: NamedResource,
  scope: Scope,
  queueNames: ReadonlyMap<string, string>,
) {
  const queue: QueueResource = { name, attributes: {} };
  for (const property of item.get("Properties")?.entries() ?? []) {
    const limit = limits[property.key];
    if (limit) {
      queue.attributes[property.key] = String(integerOf(property, scope, limit));
    }
  }

  const policy = item.get("Properties")?.get("RedrivePolicy");
  if (policy) {
    policy.check(blocks.redrivePolicy);
    const target = policy.need("deadLetterTargetArn");
    const deadLetterTargetArn = textOf(target, scope);
    const deadLetterQueue = queueNames.get(deadLetterTargetArn);
    if (deadLetterQueue === undefined || deadLetterQueue === name) {
      throw target.fails(`must be the Arn of another queue of this template, got ${deadLetterTargetArn}`);
    }
    const maxReceiveCount = integerOf(policy.need("maxReceiveCount"), scope, { min: 1, max: 1_000 });
    queue.attributes["RedrivePolicy"] = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
    queue.deadLetterQueue = deadLetterQueue;
  }
  return queue;
}

/** Dead-letter queues first, since a redrive policy must name a queue that exists. Throws for a circle. */
export function inOrderOfCreation(queues: readonly { queue: QueueResource; item: Item }[]): QueueResource[] {
  const created: QueueResource[] = [];
  let waiting = [...queues];
  while (waiting.length > 0) {
    const isFree = ({ deadLetterQueue }: QueueResource) =>
      deadLetterQueue === undefined || created.some(({ name }) => name === deadLetterQueue);
    const free = waiting.filter(({ queue }) => isFree(queue));
    const [first] = waiting;
    if (free.length === 0 && first) {
      throw first.item.fails("is part of a circle of dead-letter queues");
    }
    created.push(...free.map(({ queue }) => queue));
    waiting = waiting.filter(({ queue }) => !created.includes(queue));
  }
  return created;
}
