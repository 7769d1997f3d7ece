import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { close, listen } from "#shared/listen.ts";
import type { Stage } from "#shared/stage/stage.ts";

interface HttpApiOptions {
  lambdaUrl: () => string;
  functionName: string;
  /** Sent with every request, replacing those of the caller. */
  headers?: Record<string, string>;
  /** Further requests wait for their turn: this machine runs twenty environments of a function, AWS a thousand. */
  atOnce?: number;
}

/**
 * Plays API Gateway: passes HTTP requests to the function in payload format 2.0, and returns its answer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export async function startHttpApi({
  lambdaUrl,
  functionName,
  headers: ours = {},
  atOnce = Infinity,
}: HttpApiOptions) {
  let client: LambdaClient | undefined;
  const answer = async (request: IncomingMessage) => {
    client ??= new LambdaClient({
      endpoint: lambdaUrl(),
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      requestHandler: { httpAgent: { keepAlive: true, maxSockets: atOnce } },
    });
    const event = eventOf(request, ours, await buffer(request));
    const invoke = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
    const { Payload: payload, FunctionError: failed } = await client.send(invoke);
    const result = JSON.parse(new TextDecoder().decode(payload)) as APIGatewayProxyStructuredResultV2;
    return failed === undefined ? result : { statusCode: 502, body: JSON.stringify(result) };
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ({ statusCode = 200, headers = {}, body = "", isBase64Encoded = false }) => {
        const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
        response.writeHead(statusCode, headers as Record<string, string>).end(bytes);
      },
      // As API Gateway does, which tells a throttled caller no more.
      () => response.writeHead(503).end(JSON.stringify({ message: "Service Unavailable" })),
    );
  });
  const { url } = await listen(server);
  return {
    url,
    close: async () => {
      client?.destroy();
      await close(server);
    },
  };
}

/** For a stage: the API's function in place of its process. */
export const asFunction =
  (headers: Record<string, string>) =>
  ({ lambdaUrl }: RunningChapter) =>
    startHttpApi({ lambdaUrl: () => lambdaUrl, functionName: "ApiFunction", headers });

/** Gives a function an HTTP address while `ask` runs. Adds these headers to every request. */
export async function inFrontOf<Result>(
  chapter: Stage,
  { functionName, headers }: { functionName: string; headers: Record<string, string> },
  ask: (url: string) => Promise<Result>,
): Promise<Result> {
  const front = await startHttpApi({ lambdaUrl: () => chapter.running.lambdaUrl, functionName, headers });
  try {
    return await ask(front.url);
  } finally {
    await front.close();
  }
}

/** As API Gateway makes it: lower-case header names, several values joined by commas, a binary body as base64. */
function eventOf(request: IncomingMessage, ours: Record<string, string>, body: Buffer) {
  const url = new URL(request.url ?? "/", "http://api");
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: decodeURIComponent(url.pathname),
    rawQueryString: url.search.slice(1),
    headers: { ...headers, ...ours },
    requestContext: {
      stage: "$default",
      requestId: "local",
      http: {
        method: request.method,
        path: url.pathname,
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: "",
      },
    },
    ...(body.length > 0 && { body: body.toString("base64") }),
    isBase64Encoded: body.length > 0,
  };
}
