import { hash } from "node:crypto";
import { createServer } from "node:http";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect, it, vi } from "vitest";
import { createSqs } from "./aws.ts";
import { close, listen } from "./listen.ts";

it("calls the endpoint of the variables, wherever a queue's URL points", async () => {
  const asked: string[] = [];
  const named = createServer((_request, response) => {
    asked.push("the endpoint");
    // The SDK compares the digest of the body.
    const body = JSON.stringify({ MessageId: "1", MD5OfMessageBody: hash("md5", "x", "hex") });
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(body);
  });
  // Plays AWS, whose host an emulator may put into its queue URLs.
  const inUrl = createServer((_request, response) => {
    asked.push("the URL's host");
    response.writeHead(500).end();
  });
  const [endpoint, host] = [await listen(named), await listen(inUrl)];
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", endpoint.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");

  try {
    const message = { QueueUrl: `${host.url}/123456789012/queue`, MessageBody: "x" };
    await createSqs().send(new SendMessageCommand(message));
  } finally {
    await Promise.all([close(named), close(inUrl)]);
  }

  expect(asked).toEqual(["the endpoint"]);
});
