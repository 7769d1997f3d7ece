import type { Queue } from "../sqs/queue.ts";
import type { Discarded } from "./async-events.ts";
import { payloadOf } from "./protocol.ts";

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html: the message's first kilobyte.
const errorMessageLengthMax = 1_024;

/**
 * What a function's dead-letter queue gets: the event as it came, and the error beside it.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html ("Adding a dead-letter queue")
 */
export function sendToDeadLetterQueue(queue: Queue, { event, lastOutcome }: Discarded): void {
  const { errorMessage } = errorOf(lastOutcome);
  queue.send({
    body: event.payload,
    messageAttributes: {
      RequestID: { dataType: "String", stringValue: event.requestId },
      // 200: the function ran and failed. 429: it never got its turn.
      ErrorCode: { dataType: "Number", stringValue: lastOutcome ? "200" : "429" },
      ErrorMessage: { dataType: "String", stringValue: errorMessage.slice(0, errorMessageLengthMax) },
    },
  });
}

/**
 * What an on-failure destination gets: a record of the request and of what became of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html ("Adding a destination")
 */
export function sendToDestination(
  queue: Queue,
  { event, condition, lastOutcome }: Discarded,
  { functionArn }: { functionArn: string },
): void {
  const record = {
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: event.invokeCount,
    },
    requestPayload: JSON.parse(event.payload) as unknown,
    ...(lastOutcome && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: errorOf(lastOutcome),
    }),
  };
  queue.send({ body: JSON.stringify(record) });
}

const errorOf = (outcome: Discarded["lastOutcome"]) =>
  JSON.parse(outcome ? payloadOf(outcome) : '{"errorMessage":"Rate Exceeded."}') as { errorMessage: string };
