import { expect, test } from "vitest";
import { LogBook } from "./log.ts";

function book(name: string, ...lines: string[]): LogBook {
  const log = new LogBook();
  for (const line of lines) {
    log.add(name, line);
  }
  return log;
}

test("shows an error that Node prints as an object by its message, and a device by its customer", () => {
  const log = book(
    "ActivationFunction 4711",
    "activation failed {",
    "  messageId: '41268cda-1a3d-42e3-93bc-ff20cfd53e7b',",
    "  error: VendorFailedError: Expected the vendor to provision 00-00-5E-10-00-00-00-65, got its answer 503",
    "      at <anonymous> (/project/shared/vendor.ts:54:13)",
    "}",
  );

  expect(log.last(5)).toEqual([
    {
      process: "function",
      text: "Expected the vendor to provision c-102, got its answer 503",
      detail: "activation failed",
      times: 1,
    },
  ]);
});

test("shows the message of an error that follows other words", () => {
  const log = book(
    "api",
    "activation failed, nobody will try again {",
    "  eventId: 'd',",
    "  macAddress: '00-00-5E-10-00-00-00-00'",
    "} TypeError [ERR_X]: fetch failed",
    "    at node:internal",
  );

  expect(log.last(5)).toEqual([
    { process: "api", text: "fetch failed", detail: "activation failed, nobody will try again", times: 1 },
  ]);
});

test("doesn't mix up the lines of two processes", () => {
  const log = book("api", "one {");
  log.add("worker", "two {");
  log.add("api", "  error: Error: first");
  log.add("worker", "  error: Error: second");

  expect(log.last(5).map(({ process, text }) => [process, text])).toEqual([
    ["api", "first"],
    ["worker", "second"],
  ]);
});

test("counts repeated entries, and names a ticket's customer", () => {
  const eventId = "19e07c2f-402e-46c1-beda-27198a453a2e";
  const log = book("api", "first", `Activation ${eventId} is held`, `Activation ${eventId} is held`);

  expect(log.last(1, (id) => (id === eventId ? "c-101" : undefined))).toEqual([
    { process: "api", text: "Activation c-101 is held", detail: "", times: 2 },
  ]);
  expect(log.last(0)).toEqual([]);
});

test("leaves out invocation ids, and drops old lines", () => {
  const log = book(
    "api",
    ...Array.from({ length: 300 }, (_, index) => `line ${index}`),
    "00d1575d-3baf-405b-8de5-2236b5438365 It ended",
  );

  expect(log.last(1)[0]?.text).toBe("It ended");
  expect(log.last(1_000)).toHaveLength(200);
});
