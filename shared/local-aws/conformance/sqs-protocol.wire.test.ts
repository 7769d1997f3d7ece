import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { isEmbedded, takesUnsigned, useTarget } from "./sqs-target.ts";

const target = useTarget();

// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-amzn-query-error-header (awsQueryCompatible)
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
describe.runIf(takesUnsigned)("the AWS JSON 1.0 protocol (unsigned, so not on AWS)", () => {
  it.each([
    {
      action: "GetQueueUrl",
      body: '{"QueueName":"none"}',
      type: "QueueDoesNotExist",
      status: 400,
      code: "AWS.SimpleQueueService.NonExistentQueue",
    },
    {
      action: "GetQueueUrl",
      body: "{}",
      type: "MissingRequiredParameterException",
      status: 400,
      code: "MissingParameter",
    },
    {
      action: "GetQueueUrl",
      body: '{"QueueName":1}',
      type: "SerializationException",
      status: 400,
      code: "MalformedInput",
    },
    { action: "GetQueueUrl", body: "{", type: "SerializationException", status: 400, code: "MalformedInput" },
    {
      action: "BrewCoffee",
      body: "{}",
      type: "UnknownOperationException",
      status: 400,
      code: "InvalidAction",
    },
  ])("answers $action of $body with $type", async ({ action, body, type, status, code }) => {
    const headers = { "X-Amz-Target": `AmazonSQS.${action}`, "Content-Type": "application/x-amz-json-1.0" };
    const response = await fetch(target.url, { method: "POST", headers, body });

    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.0");
    expect(response.headers.get("x-amzn-query-error")).toBe(`${code};Sender`);
    expect(await response.json()).toEqual({
      __type: expect.stringMatching(new RegExp(`#${type}$`)),
      message: expect.any(String),
    });
  });

  it.runIf(isEmbedded)("answers each of several requests that arrive at once, in their order", async () => {
    const { hostname, port, host } = new URL(target.url);
    const askFor = (name: string, connection: string) => {
      const body = JSON.stringify({ QueueName: name });
      return `POST / HTTP/1.1\r\nHost: ${host}\r\nConnection: ${connection}\r\nX-Amz-Target: AmazonSQS.GetQueueUrl\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const urls = await Promise.all([target.createQueue(), target.createQueue(), target.createQueue()]);
    const names = urls.map((url) => url.split("/").at(-1) ?? "");
    const socket = connect(Number(port), hostname);

    socket.write(names.map((name, at) => askFor(name, at < 2 ? "keep-alive" : "close")).join(""));
    const answers = await text(socket);

    expect([...answers.matchAll(/"QueueUrl":\s*"[^"]*\/([^"]+)"/g)].map(([, name]) => name)).toEqual(names);
  });

  it.runIf(isEmbedded)("takes no ARN for a queue's URL", async () => {
    const QueueUrl = await target.arnOf(await target.createQueue());
    const headers = { "X-Amz-Target": "AmazonSQS.PurgeQueue", "Content-Type": "application/x-amz-json-1.0" };
    const response = await fetch(target.url, { method: "POST", headers, body: JSON.stringify({ QueueUrl }) });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      __type: expect.stringMatching(/#QueueDoesNotExist$/),
    });
  });

  // AWS speaks both protocols, so only the embedded one is tested.
  it.runIf(isEmbedded)("tells a client of the older protocol, in that protocol, what it needs", async () => {
    const body = new URLSearchParams({ Action: "SendMessage", Version: "2012-11-05" });
    const response = await fetch(target.url, { method: "POST", body });

    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("text/xml");
    expect(await response.text()).toMatch(
      /^<\?xml .*<ErrorResponse .*<Code>UnsupportedOperation<\/Code><Message>.*November 2023.*<\/ErrorResponse>$/s,
    );
  });
});
