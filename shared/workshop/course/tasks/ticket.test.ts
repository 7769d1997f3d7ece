import { expect, test } from "vitest";
import { bodyOf, ticketIn } from "./ticket.ts";

const answer = (text: string, body: Record<string, unknown> = {}) => ({
  status: 202,
  headers: new Headers(),
  text,
  body,
});

test("returns a ticket's eventId", () => {
  expect(ticketIn(answer('{"eventId":"e-1"}', { eventId: "e-1" }), "asked")).toBe("e-1");
});

test.each([
  ["", "202 with an empty body"],
  [" \n", "202 with an empty body"],
  ["{}", "an `await` is missing"],
  ["Accepted", "202 with Accepted, which is not JSON"],
  ['{"ok":true}', '202 with {"ok":true}'],
])("describes an answer without one: %j", (text, saw) => {
  expect(() => ticketIn(answer(text), "asked")).toThrow(
    expect.objectContaining({ finding: expect.objectContaining({ saw: expect.stringContaining(saw) }) }),
  );
  expect(bodyOf(answer(text))).toContain(saw);
});
