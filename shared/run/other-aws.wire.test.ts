import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { connect, createServer as createTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTls } from "node:tls";
import { CreateTableCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { close, listen } from "#shared/listen.ts";
import { readInspection } from "#shared/local-aws/inspection.ts";
import { startDynamoDb } from "#shared/local-aws/dynamodb.ts";
import type { LocalDynamoDb } from "#shared/local-aws/dynamodb.ts";
import { startSqs } from "#shared/local-aws/sqs/api/server.ts";
import type { RunningSqs } from "#shared/local-aws/sqs/api/server.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { selfSigned } from "#shared/testing/self-signed.ts";
import { firstMessageOf, forkArguments } from "#shared/testing/typescript.ts";
import { projectFolder } from "./chapters.ts";
import { inheritedEnvironment } from "./environment.ts";
import { dynamoDbAt, sqsAt } from "./local-clients.ts";
import { startElsewhere } from "./other-aws.ts";

let queues: RunningSqs;
let tables: LocalDynamoDb;
let sqs: SQSClient;
let dynamoDb: DynamoDBClient;
beforeAll(async () => {
  [queues, tables] = await Promise.all([startSqs(), startDynamoDb()]);
  [sqs, dynamoDb] = [sqsAt(queues.url), dynamoDbAt(tables.url)];
});
afterAll(async () => {
  sqs.destroy();
  dynamoDb.destroy();
  await Promise.all([queues.close(), tables.close()]);
});

const start = (chapter: string, parameters: Record<string, string> = {}) =>
  startElsewhere({
    templateFile: join(projectFolder, "chapters", chapter, "template.yaml"),
    parameters,
    sqsUrl: queues.url,
    dynamoDbUrl: tables.url,
  });
const names = async () => {
  const { QueueUrls: urls = [] } = await sqs.send(new ListQueuesCommand({}));
  const { TableNames: found = [] } = await dynamoDb.send(new ListTablesCommand({}));
  return [...urls.map((url) => url.split("/").at(-1)), ...found];
};

it("creates what the template asks for, and leaves nothing of it at the end", async () => {
  const aws = await start("03-queue");

  expect(await names()).toEqual(["ActivationQueue", "ActivationsTable", "DevicesTable"]);
  expect(aws.outputs["QUEUE_URL"]).toMatch(/\/ActivationQueue$/);
  await aws.stop();
  expect(await names()).toEqual([]);
});

it("deletes what it has created if the rest can't be created, and says what to do", async () => {
  await dynamoDb.send(
    new CreateTableCommand({
      TableName: "ActivationsTable",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "eventId", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "eventId", KeyType: "HASH" }],
    }),
  );

  await expect(start("03-queue")).rejects.toThrow(/Expected to create .* got: .* start the emulator anew/);
  // This one was there before, so it is not ours to delete.
  expect(await names()).toEqual(["ActivationsTable"]);
});

it("refuses a chapter with a function", async () => {
  const parameters = { VendorUrl: "http://127.0.0.1:9" };

  await expect(start("04-lambda", parameters)).rejects.toThrow("01 to 03 run there");
});

/** An emulator whose queue URLs have another host. Passes requests on to our SQS, and replaces the host in both directions. */
async function behindOtherName(host: string): Promise<string> {
  const server = createHttp((request, response) => {
    void (async () => {
      let body = "";
      for await (const chunk of request) {
        body += String(chunk);
      }
      const { "content-type": type = "", "x-amz-target": target = "" } = request.headers;
      const answer = await fetch(queues.url, {
        method: "POST",
        headers: { "content-type": type, "x-amz-target": String(target) },
        body: body.replaceAll(host, queues.url),
      });
      response
        .writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" })
        .end((await answer.text()).replaceAll(queues.url, host));
    })();
  });
  const { url } = await listen(server);
  onTestFinished(() => close(server));
  return url;
}

it("calls only the emulator, wherever its queues' URLs point, and whatever the shell says about AWS", async () => {
  const asked: string[] = [];
  const astray = createTcp((socket) => {
    socket.on("error", () => {});
    asked.push("the host of a queue's URL");
    socket.destroy();
  });
  const host = await listen(astray);
  onTestFinished(() => close(astray));
  vi.stubEnv("AWS_USE_FIPS_ENDPOINT", "true")
    .stubEnv("AWS_ENDPOINT_URL", host.url)
    .stubEnv("AWS_PROFILE", "own");
  const sqsUrl = await behindOtherName(host.url);
  const dynamoDbOnly = await startDynamoDb();
  onTestFinished(() => dynamoDbOnly.close());

  const aws = await startElsewhere({
    templateFile: join(projectFolder, "chapters", "03-queue", "template.yaml"),
    parameters: {},
    sqsUrl,
    dynamoDbUrl: dynamoDbOnly.url,
  });
  const { queues: seen } = await readInspection(aws.inspectUrl, "with");
  const QueueUrl = aws.outputs["QUEUE_URL"] ?? "";
  await sqsAt(sqsUrl).send(new SendMessageCommand({ QueueUrl, MessageBody: "here" }));
  const { queues: then } = await readInspection(aws.inspectUrl, "with");
  await aws.stop();

  expect(QueueUrl).toContain(host.url);
  expect([seen, then].map(([queue]) => queue?.messages?.map(({ body }) => body))).toEqual([[], ["here"]]);
  expect(await names()).not.toContain("ActivationQueue");
  expect(asked).toEqual([]);
});

/** The same server behind TLS with this key and certificate. */
async function behindTls(url: string, { key, cert }: ReturnType<typeof selfSigned>): Promise<string> {
  const server = createTls({ key, cert }, (socket) => {
    const inside = connect(Number(new URL(url).port), "127.0.0.1");
    socket.pipe(inside).pipe(socket);
    [socket, inside].forEach((each) =>
      each.on("error", () => [socket, inside].forEach((end) => end.destroy())),
    );
  });
  const { port } = await listen(server);
  onTestFinished(() => void server.close());
  return `https://127.0.0.1:${port}`;
}

it("serves a chapter over HTTPS with its own certificate", async () => {
  const own = selfSigned();
  const folder = mkdtempSync(join(tmpdir(), "take a ticket "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const certificate = join(folder, "own.pem");
  writeFileSync(certificate, own.cert);
  const emptyTables = await startDynamoDb();
  onTestFinished(() => emptyTables.close());
  const [file, words, options] = forkArguments(
    join(import.meta.dirname, "fixtures", "launcher.ts"),
    "03-queue",
  );
  const launcher = fork(file, words, {
    ...options,
    env: {
      ...inheritedEnvironment(),
      NODE_EXTRA_CA_CERTS: certificate,
      AWS_ENDPOINT_URL_SQS: await behindTls(queues.url, own),
      AWS_ENDPOINT_URL_DYNAMODB: await behindTls(emptyTables.url, own),
    },
  });
  onTestFinished(() => void launcher.kill("SIGKILL"));

  const { apiUrl } = (await firstMessageOf(launcher)) as { apiUrl: string };
  const ask = async (path: string, init?: RequestInit) =>
    (await (await fetch(new URL(path, apiUrl), init)).json()) as Record<string, unknown>;
  const { eventId } = await ask("/activations", asksFor(deviceAt(0)));

  await eventually(async () =>
    expect(await ask(`/activations/${String(eventId)}`)).toMatchObject({ status: "active" }),
  );
});
