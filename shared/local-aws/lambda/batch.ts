import type { MessageAttribute, ReceivedMessage } from "../sqs/message.ts";
import type { Outcome } from "./protocol.ts";

/** The event that a function gets for a batch: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function eventOf(messages: readonly ReceivedMessage[], queue: { arn: string; region: string }) {
  return {
    Records: messages.map(({ messageAttributes, ...message }) => ({
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: message.attributes,
      messageAttributes: Object.fromEntries(
        Object.entries(messageAttributes).map(([name, attribute]) => [name, recordAttribute(attribute)]),
      ),
      md5OfBody: message.md5OfBody,
      eventSource: "aws:sqs",
      eventSourceARN: queue.arn,
      awsRegion: queue.region,
    })),
  };
}

// The lists are reserved by AWS and always empty.
const recordAttribute = (attribute: MessageAttribute) => ({
  ...attribute,
  stringListValues: [],
  binaryListValues: [],
});

/** What becomes of a batch: these are deleted, the others come back when their visibility timeout ends. */
export interface Verdict {
  succeeded: ReceivedMessage[];
  /** Why the whole batch counts as failed although the handler answered. */
  problem?: string;
}

/**
 * Which messages of a batch an outcome deletes.
 * Rules: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html ("Success and failure conditions")
 */
export function judge(
  messages: readonly ReceivedMessage[],
  outcome: Outcome,
  { reportsBatchItemFailures }: { reportsBatchItemFailures: boolean },
): Verdict {
  if (outcome.kind !== "answered") {
    return { succeeded: [] };
  }
  if (!reportsBatchItemFailures) {
    return { succeeded: [...messages] };
  }
  const failed = readFailures(outcome.payload, messages);
  return failed instanceof Set
    ? { succeeded: messages.filter(({ messageId }) => !failed.has(messageId)) }
    : { succeeded: [], problem: failed };
}

/** The ids of the failed messages, or what is wrong with the answer. */
function readFailures(payload: string, messages: readonly ReceivedMessage[]): Set<string> | string {
  const answer = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
  if (answer === null) {
    return new Set();
  }
  if (typeof answer !== "object" || Array.isArray(answer)) {
    return `Expected the answer { batchItemFailures: [...] }, got ${payload.slice(0, 100)}`;
  }
  const list = answer.batchItemFailures ?? [];
  if (!Array.isArray(list)) {
    return `Expected batchItemFailures to be a list, got ${JSON.stringify(list).slice(0, 100)}`;
  }
  const failed = list.map((item: unknown) => (item as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  const wrong = failed.findIndex((id) => !messages.some(({ messageId }) => messageId === id));
  return wrong < 0
    ? new Set(failed as string[])
    : `Expected the messageId of a record as itemIdentifier, got ${JSON.stringify(list[wrong])}`;
}
