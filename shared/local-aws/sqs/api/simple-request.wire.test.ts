import { createServer } from "node:net";
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect, it, onTestFinished } from "vitest";
import { close, listen } from "#shared/listen.ts";
import { readSimpleRequest } from "./simple-request.ts";

// Otherwise everything would work as well, but more slowly.
it.each([
  new SendMessageCommand({ QueueUrl: "http://127.0.0.1/0/a", MessageBody: "Zoë ☂" }),
  new SendMessageBatchCommand({ QueueUrl: "http://127.0.0.1/0/a", Entries: [{ Id: "1", MessageBody: "a" }] }),
  new ReceiveMessageCommand({ QueueUrl: "http://127.0.0.1/0/a", WaitTimeSeconds: 20 }),
])("finds what the SDK sends simple", async (command) => {
  const pieces: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (piece: Buffer) => {
      pieces.push(piece);
      socket.end("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}");
    });
  });
  const { url } = await listen(server);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sqs = new SQSClient({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });
  onTestFinished(async () => {
    sqs.destroy();
    await close(server);
  });

  await sqs.send(command as SendMessageCommand).catch(() => {});

  expect(readSimpleRequest(pieces[0] ?? Buffer.of())?.headers["x-amz-target"]).toMatch(/^AmazonSQS\./);
});
