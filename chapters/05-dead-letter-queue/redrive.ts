// Moves every message from the dead-letter queue back to its queue. `npm run redrive 05` runs it; fix the cause first.
import { StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { createSqs } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";

const config = readConfig({ DEAD_LETTER_QUEUE_ARN: variables.text });

// Without a destination each message goes back to the queue that it came from. It starts again as a new message, with
// another messageId and receive count 0. Only the eventId inside stays the same, so the eventId names the work.
// A real system sets MaxNumberOfMessagesPerSecond to what the vendor can take on top of the day's load.
await createSqs().send(new StartMessageMoveTaskCommand({ SourceArn: config.DEAD_LETTER_QUEUE_ARN }));
console.log("Redrive started: what was set aside goes back to the queue");
