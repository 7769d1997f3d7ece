import { GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Message, SQSClient } from "@aws-sdk/client-sqs";

// What is in flight may come back meanwhile, and a distributed queue does not show all its messages at once.
const looksWithinMs = 5_000;

/**
 * A queue as anybody can see it: approximate counts, and on request the bodies. To see a body is to receive it, so each
 * look spends one of the message's receives; it is visible again at once. It looks for up to five seconds, or until it
 * has seen as many as were counted: what others have in flight all that time is not seen.
 */
export async function lookAtQueue(sqs: SQSClient, url: string, withMessages: boolean) {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
  );
  const attributes: Record<string, string> = Attributes ?? {};
  const count = (end: string) => Number(attributes[`ApproximateNumberOfMessages${end}`] ?? 0);
  return {
    name: url.split("/").at(-1) ?? url,
    url,
    arn: attributes["QueueArn"] ?? "",
    visible: count(""),
    inFlight: count("NotVisible"),
    delayed: count("Delayed"),
    // Only CloudWatch knows it, minutes later.
    oldestAgeSeconds: 0,
    messages: withMessages ? await bodies(sqs, url, count("") + count("NotVisible") + count("Delayed")) : [],
  };
}

async function bodies(sqs: SQSClient, url: string, expected: number) {
  const seen = new Map<string, Message>();
  const untilMs = performance.now() + looksWithinMs;
  while (seen.size < expected && performance.now() < untilMs) {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ["All"],
      }),
    );
    messages.forEach((message) => seen.set(message.MessageId ?? "", message));
  }
  return [...seen.values()].map(({ MessageId, Body, Attributes: attributes }) => ({
    messageId: MessageId ?? "",
    body: Body ?? "",
    receiveCount: Number(attributes?.ApproximateReceiveCount ?? 0),
    state: "visible" as const,
    sentAtMs: Number(attributes?.SentTimestamp ?? 0),
  }));
}
