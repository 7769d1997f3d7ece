import { expect, it } from "vitest";
import { readAnswer } from "./answers.ts";

const device = "00-00-5E-10-00-00-00-00";

it.each([
  { status: 429, message: "Too Many Requests", outcome: "rejected" },
  { status: 503, message: "Service Unavailable", outcome: "failed" },
  { status: 504, message: "Endpoint request timed out", outcome: "failed" },
])("counts API Gateway's own $status as an answer, since the function was never called", (row) => {
  const { status, message, outcome } = row;

  expect(readAnswer(status, JSON.stringify({ message }), device)).toEqual({ outcome });
});

it("accepts no other error without problem+json", () => {
  const answer = readAnswer(503, JSON.stringify({ message: "Somebody else's" }), device);

  expect(answer.problem).toContain("answer 503 is no problem+json");
});
