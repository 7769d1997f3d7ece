import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { callerOf, traceIdOf } from "./caller.ts";

it("finds the invocation in the header that the SDK sends with its trace id", () => {
  const requestId = randomUUID();

  expect(callerOf({ "x-amzn-trace-id": traceIdOf(requestId), "user-agent": "aws-sdk-js app/api" })).toBe(
    requestId,
  );
  // A trace id from elsewhere, in another form of AWS's.
  expect(callerOf({ "x-amzn-trace-id": "Parent=53995c3f42cd8ad8" })).toBe("");
});

it("finds the app in the SDK's user agent, and knows two of them", () => {
  expect(callerOf({ "user-agent": "aws-sdk-js/3.1 ua/2.1 os/linux m/E app/api" })).toBe("api");
  expect(callerOf({ "user-agent": "aws-sdk-js/3.1 app/worker" })).toBe("worker");
  expect(callerOf({ "user-agent": "aws-sdk-js/3.1 app/somebody" })).toBe("");
  expect(callerOf({})).toBe("");
});
