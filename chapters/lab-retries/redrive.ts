// Brings back what Lambda has set aside. `npm run redrive lab-retries` runs it; fix the cause first.
// SQS refuses a message move task here: for SQS this is no dead-letter queue, since Lambda filled it and no redrive policy
// names it. So each event is received, handed to the function again, and then deleted.
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
    // In this order: a crash in between repeats an event, and loses none.
    await sqs.send(new DeleteMessageCommand({ ...queue, ReceiptHandle }));
    invoked += 1;
  }
}
// A real system pauses between events, for the vendor's sake. And on AWS one short poll may find nothing although messages
// are there, so it goes on until the queue's count is 0.
console.log(`Invoked again for ${invoked} events that were set aside`);
