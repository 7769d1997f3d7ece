// A server that does as much of chapter 07's work for an answer as its first argument says: nothing, Express, one of its calls to AWS,
// or all three of them. `npm run bench:speed` starts it.
import "#shared/child.ts";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import express from "express";
import { createDynamoDb, createSqs } from "#shared/aws.ts";
import { onStop, tellReady } from "#shared/child.ts";
import { readConfig, variables } from "#shared/config.ts";
import { close, listen } from "#shared/listen.ts";
import type { Subject } from "./subjects.ts";

const config = readConfig({
  DEVICES_TABLE: variables.text,
  ACTIVATIONS_TABLE: variables.text,
  QUEUE_URL: variables.url,
  AWS_ENDPOINT_URL_SQS: variables.url,
});
const dynamoDb = createDynamoDb();
const sqs = createSqs();

interface Asked {
  customerId: string;
  macAddress: string;
}

/** The calls of 07's POST, as its inventory and its tickets make them. */
async function claim({ customerId, macAddress }: Asked): Promise<string> {
  const eventId = randomUUID();
  await dynamoDb.send(
    new UpdateCommand({
      TableName: config.DEVICES_TABLE,
      Key: { macAddress },
      UpdateExpression: "SET eventId = if_not_exists(eventId, :eventId)",
      ConditionExpression: "customerId = :customerId",
      ExpressionAttributeValues: { ":eventId": eventId, ":customerId": customerId },
      ReturnValues: "ALL_NEW",
    }),
  );
  return eventId;
}

async function send({ macAddress }: Asked, eventId: string): Promise<void> {
  const MessageBody = JSON.stringify({ eventId, macAddress });
  await sqs.send(new SendMessageCommand({ QueueUrl: config.QUEUE_URL, MessageBody }));
}

const keepAlive = new Agent({ keepAlive: true });

/** The same message as a plain unsigned HTTP request, which the embedded AWS accepts. The difference is the SDK's share. */
async function sendPlainly({ macAddress }: Asked): Promise<void> {
  const MessageBody = JSON.stringify({ eventId: randomUUID(), macAddress });
  const asking = request(config.AWS_ENDPOINT_URL_SQS, {
    agent: keepAlive,
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
  });
  asking.end(JSON.stringify({ QueueUrl: config.QUEUE_URL, MessageBody }));
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  const pieces = await answer.toArray();
  if (answer.statusCode !== 200) {
    throw new Error(
      `Expected SendMessage to answer 200, got ${answer.statusCode}: ${Buffer.concat(pieces).toString()}`,
    );
  }
}

async function accept({ macAddress }: Asked, eventId: string): Promise<object> {
  const { Attributes: ticket = {} } = await dynamoDb.send(
    new UpdateCommand({
      TableName: config.ACTIVATIONS_TABLE,
      Key: { eventId },
      UpdateExpression:
        "SET #status = if_not_exists(#status, :accepted), " +
        "macAddress = if_not_exists(macAddress, :macAddress), acceptedAtMs = if_not_exists(acceptedAtMs, :nowMs)",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":accepted": "accepted", ":macAddress": macAddress, ":nowMs": Date.now() },
      ReturnValues: "ALL_NEW",
    }),
  );
  return ticket;
}

/** Does one thing for each request, and answers how long that alone took. */
const timed =
  (call: (asked: Asked) => Promise<unknown>): RequestListener =>
  (request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const asked = JSON.parse(Buffer.concat(pieces).toString()) as Asked;
      const beganMs = performance.now();
      call(asked).then(
        () => response.end(JSON.stringify({ tookMs: performance.now() - beganMs })),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  };

const app = (answer: (asked: Asked) => Promise<object>) => {
  const api = express();
  api.disable("x-powered-by");
  api.use(express.json({ limit: "10kb" }));
  api.post("/activations", async (request, response) => {
    response.status(202).json(await answer(request.body as Asked));
  });
  return api;
};

const listeners: Record<Subject, () => RequestListener> = {
  bare: () => timed(async () => {}),
  express: () => app(async () => ({})),
  claim: () => timed(claim),
  send: () => timed((asked) => send(asked, randomUUID())),
  plain: () => timed(sendPlainly),
  ticket: () => timed((asked) => accept(asked, randomUUID())),
  calls: () =>
    app(async (asked) => {
      const eventId = await claim(asked);
      await send(asked, eventId);
      return await accept(asked, eventId);
    }),
};

const server = createServer(listeners[process.argv[2] as Subject]());
onStop(() => close(server));
tellReady(await listen(server));
