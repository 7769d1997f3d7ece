import { once } from "node:events";
import { createServer, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { close, listen } from "#shared/listen.ts";
import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import { TableRequest, TableResponse } from "./dynamodb-exchange.ts";
import { observerOf } from "./dynamodb-trace.ts";
import type { TableResource } from "./template/stack.ts";

// Loading the SDK would take a quarter of a second, and dynalite checks only the form of a signature.
const headers = {
  "content-type": "application/x-amz-json-1.0",
  "x-amz-date": "20260101T000000Z",
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
};
const triesMax = 200;

/** The embedded DynamoDB: dynalite, in memory. */
export interface LocalDynamoDb {
  url: string;
  createTable(table: TableResource): Promise<void>;
  close(): Promise<void>;
}

interface DynamoDbOptions {
  /** Default: any free port. */
  port?: number | undefined;
  /** Records the writes, and the reads by whoever works on a ticket. */
  trace?: TraceRecorder | undefined;
}

/** Starts it on 127.0.0.1. Throws a UsageError if the port is taken. */
export async function startDynamoDb({ port = 0, trace }: DynamoDbOptions = {}): Promise<LocalDynamoDb> {
  // Loaded here, since it takes longer than everything else together, and SQS should answer first.
  const { default: dynalite } = await import("dynalite");
  // Its own server doesn't listen: it is given the requests, and what it keeps in memory goes with this process.
  const tables = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const server = createServer(
    { IncomingMessage: TableRequest, ServerResponse: TableResponse },
    (request, response) => {
      request.response = response;
      request.observer = trace && observerOf(request, trace);
      tables.emit("request", request, response);
    },
  );
  const { url } = await listen(server, port, "DynamoDB");

  const call = async (operation: string, body: unknown): Promise<Record<string, unknown>> => {
    const target = { "x-amz-target": `DynamoDB_20120810.${operation}` };
    // Not with fetch, which is large: loading it would delay the start.
    const asked = request(url, { method: "POST", headers: { ...headers, ...target } });
    asked.end(JSON.stringify(body));
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    let text = "";
    for await (const piece of response.setEncoding("utf8")) {
      text += String(piece);
    }
    const answer = JSON.parse(text) as Record<string, unknown>;
    if (response.statusCode !== 200) {
      throw new Error(`DynamoDB refused ${operation}: ${text}`);
    }
    return answer;
  };

  return {
    url,
    async createTable(table) {
      await call("CreateTable", table);
      for (let tries = 0; tries < triesMax; tries += 1) {
        const { Table } = await call("DescribeTable", { TableName: table.TableName });
        if ((Table as { TableStatus?: string }).TableStatus === "ACTIVE") {
          return;
        }
      }
      throw new Error(`The table ${table.TableName} did not become active`);
    },
    close: () => close(server),
  };
}
