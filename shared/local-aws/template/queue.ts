import { isFifoName } from "../sqs/fifo.ts";
import { isNumericAttribute, numericAttributes } from "../sqs/queue-attributes.ts";
import type { Item } from "./source.ts";
import type { QueueResource } from "./stack.ts";
import { booleanOf, integerOf, textOf, type NamedResource, type Scope } from "./values.ts";

/** Reads an `AWS::SQS::Queue`. */
export function readQueue(
  { item, name }: NamedResource,
  scope: Scope,
  queueNames: ReadonlyMap<string, string>,
) {
  const queue: QueueResource = { name, attributes: {} };
  for (const property of item.get("Properties")?.entries() ?? []) {
    if (isNumericAttribute(property.key)) {
      const limits = numericAttributes[property.key];
      queue.attributes[property.key] = String(integerOf(property, scope, limits));
    }
  }

  const fifo = item.get("Properties")?.get("FifoQueue");
  const isFifo = fifo !== undefined && booleanOf(fifo, scope);
  const byContent = item.get("Properties")?.get("ContentBasedDeduplication");
  if (byContent && !isFifo) {
    throw byContent.fails("needs FifoQueue: true, since a standard queue deduplicates nothing");
  }
  if (isFifo) {
    queue.attributes["FifoQueue"] = "true";
    queue.attributes["ContentBasedDeduplication"] = String(byContent ? booleanOf(byContent, scope) : false);
  }

  const policy = item.get("Properties")?.get("RedrivePolicy");
  if (policy) {
    const target = policy.need("deadLetterTargetArn");
    const deadLetterTargetArn = textOf(target, scope);
    const deadLetterQueue = queueNames.get(deadLetterTargetArn);
    if (deadLetterQueue === undefined || deadLetterQueue === name) {
      throw target.fails(`must be the Arn of another queue of this template, got ${deadLetterTargetArn}`);
    }
    if (isFifoName(deadLetterQueue) !== isFifo) {
      const kind = isFifo
        ? "a FIFO queue, as the queue itself is"
        : "a standard queue, as the queue itself is";
      throw target.fails(`must be the Arn of ${kind}, got ${deadLetterTargetArn}`);
    }
    const maxReceiveCount = integerOf(policy.need("maxReceiveCount"), scope, { min: 1, max: 1_000 });
    queue.attributes["RedrivePolicy"] = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
    queue.deadLetterQueue = deadLetterQueue;
  }
  return queue;
}

/** Dead-letter queues first, since a redrive policy must name an existing queue. Throws a TemplateError for a circle. */
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
