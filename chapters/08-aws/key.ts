import { createHash, timingSafeEqual } from "node:crypto";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/**
 * The answer to a request without the right key: 401 if it has none, 403 if it has another. Undefined if the key is right.
 * Check it before anything else, so that a stranger costs one short invocation and no read. A real system would use an
 * identity provider (an HTTP API checks its tokens itself): with one key for all you can't tell who it was.
 */
export function refuseWithoutKey(
  { headers }: Pick<APIGatewayProxyEventV2, "headers">,
  key: string,
): APIGatewayProxyStructuredResultV2 | undefined {
  const given = /^Bearer +(\S+)$/i.exec(headers["authorization"] ?? "")?.[1];
  if (given === undefined) {
    return problem(
      401,
      "Key missing",
      "Expected the header `Authorization: Bearer KEY`, got none; send the key",
    );
  }
  // Compares digests in constant time, so that the time tells nothing about how much of the key was right.
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(key))
    ? undefined
    : problem(
        403,
        "Wrong key",
        "Expected this system's key, got another; `npm run cloud status` shows where it is",
      );
}

function problem(status: number, title: string, detail: string): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: {
      "content-type": "application/problem+json",
      ...(status === 401 && { "www-authenticate": "Bearer" }),
    },
    body: JSON.stringify({ type: "about:blank", title, status, detail }),
  };
}
