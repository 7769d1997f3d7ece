// Brings back what Lambda has set aside. `npm run redrive lab-retries` runs it; fix the cause first.
// SQS refuses a message move task here: Lambda fills this queue and no redrive policy names it, so for SQS it is not a
// dead-letter queue. So we receive each event, invoke the function with it again, and then delete it.
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createSqs } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";

const config = readConfig({ DEAD_LETTER_QUEUE_URL: variables.url, ACTIVATION_FUNCTION: variables.text });

const sqs = createSqs();
const lambda = new LambdaClient();
const queue = { QueueUrl: config.DEAD_LETTER_QUEUE_URL };
let invoked = 0;

for (;;) {
  const receive = new ReceiveMessageCommand({ ...queue, MaxNumberOfMessages: 10, VisibilityTimeout: 30 });
  const { Messages: messages = [] } = await sqs.send(receive);
  if (messages.length === 0) {
    break;
  }
  for (const { Body: event = "", ReceiptHandle } of messages) {
    const again = {
      FunctionName: config.ACTIVATION_FUNCTION,
      InvocationType: "Event",
      Payload: event,
    } as const;
    await lambda.send(new InvokeCommand(again));
    // In this order, a crash in between repeats an event but loses none.
    await sqs.send(new DeleteMessageCommand({ ...queue, ReceiptHandle }));
    invoked += 1;
  }
}
// A real system pauses between events, to spare the vendor. And on AWS a short poll may find nothing although there are
// messages, so it goes on until the queue's count is 0.
console.log(`Invoked again for ${invoked} events that were set aside`);
