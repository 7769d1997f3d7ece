import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import * as z from "zod";
import { drawCall } from "#shared/vendor-simulator/draw.ts";
import { createVendorTable } from "#shared/vendor-simulator/table.ts";
import { canonicalMacAddress, changeWeather } from "#shared/vendor-simulator/weather.ts";

interface VendorFunction {
  dynamoDb: DynamoDBDocumentClient;
  tableName: string;
  /** Calls at once: the function's reserved concurrency, as the template has set it. */
  capacity: number;
}

type Result = APIGatewayProxyStructuredResultV2;

const request = z.strictObject({ macAddress: canonicalMacAddress });
// Of the v2 payload: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
const idempotencyKey = z.string().min(1).max(255).optional();
/** Longer than any caller waits. */
const hangMs = 25_000;

/**
 * The simulated vendor, one call in each environment, with its weather and its ledger in a table. It answers what the
 * process on a laptop answers (server.ts), with three simplifications: nobody stands in line (beyond the reserved
 * concurrency Lambda itself answers 429), a call that is cut off is a 502, and the second of two calls with one key at
 * the same moment is told 409 instead of waiting for the first. An environment that dies keeps its call open and its key
 * taken until the ledger is emptied: a real vendor would let the key expire, as 07's lease does.
 */
export function createVendorFunction({ dynamoDb, tableName, capacity }: VendorFunction) {
  const table = createVendorTable({ dynamoDb, tableName, capacity });

  const provision = async ({ headers, ...event }: APIGatewayProxyEventV2): Promise<Result> => {
    const { macAddress } = request.parse(bodyOf(event));
    const key = idempotencyKey.parse(headers["idempotency-key"]?.replace(/^"(.*)"$/, "$1"));
    const weather = await table.weather();
    const nthCall = await table.countCall(macAddress);
    const call = { id: randomUUID(), macAddress, key, startedAtMs: Date.now() };
    if (weather.outage || weather.answer === "refuse") {
      await table.endCall(call, weather.outage ? "outage" : "refused");
      return problem(weather.outage ? 503 : 429, "The vendor is out of order; try again later");
    }
    const honoured = weather.honoursIdempotencyKey ? key : undefined;
    const known = honoured === undefined ? undefined : await table.takeKey(honoured, call.id);
    if (known !== undefined) {
      await table.endCall(call, known === "running" ? "refused" : "remembered");
      return known === "running"
        ? problem(409, "A call with this key is being worked on; try again later")
        : json(201, { provisioningId: known, macAddress });
    }

    await table.beginCall(call);
    const { delayMs, fails } = drawCall(weather, macAddress, nthCall);
    if (weather.answer === "hang") {
      await sleep(hangMs);
      await table.endCall(call, "hung", honoured);
      return problem(503, "The vendor hung");
    }
    await sleep(delayMs);
    if (fails || weather.answer === "fail" || weather.poison.includes(macAddress)) {
      await table.endCall(call, "failed", honoured);
      return problem(500, "The vendor could not provision this device");
    }
    const isCut = weather.answer === "disconnect";
    await table.endCall(call, isCut ? "disconnected" : "provisioned", honoured);
    return isCut
      ? problem(502, "The connection was cut")
      : json(201, { provisioningId: call.id, macAddress });
  };

  const routes: Record<string, (event: APIGatewayProxyEventV2) => Promise<Result>> = {
    "POST /provisionings": provision,
    "GET /weather": async () => json(200, await table.weather()),
    "PATCH /weather": async (event) => {
      const weather = changeWeather(await table.weather(), bodyOf(event));
      if (weather.hold) {
        return problem(400, "Expected no `hold`: a call of a function can't be held for ever");
      }
      return json(200, await table.setWeather(weather));
    },
    "GET /ledger": async () => json(200, await table.ledger()),
    "GET /ledger/open": async () => json(200, { open: (await table.ledger()).open }),
    "GET /ledger/summary": async () => json(200, await table.summary()),
    // What a laptop's simulator does by starting anew.
    "DELETE /ledger": async () => json(200, { forgotten: await table.forget() }),
  };

  return async (event: APIGatewayProxyEventV2): Promise<Result> => {
    const name = `${event.requestContext.http.method} ${event.rawPath}`;
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    if (route === undefined) {
      return problem(404, `Expected one of ${Object.keys(routes).join(", ")}, got ${name.slice(0, 80)}`);
    }
    try {
      return await route(event);
    } catch (error) {
      if (error instanceof z.ZodError || error instanceof SyntaxError) {
        return problem(400, `${wrongIn(error)}; correct it and send it again`);
      }
      // Into the function's log; Lambda would tell the caller no more than 502.
      console.error("The vendor simulator has a defect", error);
      return problem(500, "The simulator has a defect; see its log");
    }
  };
}

function bodyOf({ body = "", isBase64Encoded }: Pick<APIGatewayProxyEventV2, "body" | "isBase64Encoded">) {
  return JSON.parse(isBase64Encoded ? Buffer.from(body, "base64").toString() : body) as unknown;
}

const wrongIn = (error: z.ZodError | SyntaxError): string =>
  error instanceof SyntaxError
    ? "Expected well-formed JSON"
    : error.issues.map(({ path, message }) => `${path.join(".") || "(body)"}: ${message}`).join("; ");

const json = (statusCode: number, body: unknown): Result => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const problem = (statusCode: number, detail: string): Result => ({
  ...json(statusCode, {
    type: "about:blank",
    title: "The vendor did not provision",
    status: statusCode,
    detail,
  }),
  headers: { "content-type": "application/problem+json" },
});
