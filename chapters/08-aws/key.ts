import { createHash, timingSafeEqual } from "node:crypto";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/**
 * What to answer to a request that doesn't bring the key: 401 without one, 403 with another; undefined if it does.
 * It comes before everything else, so that a stranger costs one short invocation and no read. A real system would ask an
 * identity provider (an HTTP API checks its tokens itself); one key for all can't tell who it was.
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
  // Compared by their digests, in a time that tells nothing about how much of it was right.
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
