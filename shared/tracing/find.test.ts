import { expect, it } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import { readTrace } from "./activations.ts";
import { findActivation, kindsOfStory, pickActivation, someCustomers } from "./find.ts";

const [one, two, three, four] = [1, 2, 3, 4].map((nth) => activationOf(nth));
const all = [one, two, three, four].flatMap((each, at) => {
  if (each === undefined) {
    return [];
  }
  const ms = at * 100;
  return [each.asked(ms), each.claimed(ms + 1), each.sent(ms + 2), each.answered(ms + 5, 202)];
});
const read = readTrace(
  inventedTrace([
    ...all,
    // c-1 works at once, c-2 twice, c-3 is set aside, c-4 is gone.
    ...(one === undefined
      ? []
      : [...one.called(20, "i1", 1, 30), one.written(60, "i1", "active"), one.deleted(61)]),
    ...(two === undefined
      ? []
      : [...two.called(200, "i2", 2, 30), ...two.called(300, "i3", 3, 30), two.written(900, "i3", "active")]),
    ...(three === undefined ? [] : [three.setAside(500, 203)]),
    ...(four === undefined ? [] : [four.deleted(600)]),
  ]),
);

it.each(["c-2", "C-2", "e-2", "00-00-5E-10-00-00-00-01", "00:00:5e:10:00:00:00:01", "0000.5e10.0000.0001"])(
  "finds an activation by %s",
  (word) => {
    expect(findActivation(read, word)?.customerId).toBe("c-2");
  },
);

it.each(["c-99", "", "c-", "e"])("finds no one by %j", (word) => {
  expect(findActivation(read, word)).toBeUndefined();
});

it.each([
  ["twice", "c-2"],
  ["lost", "c-4"],
  ["aside", "c-3"],
  ["slowest", "c-2"],
] as const)("picks for %s the customer %s", (kind, customer) => {
  expect(pickActivation(read, kind)?.customerId).toBe(customer);
});

it.each(kindsOfStory)("picks no one for %s if there is none of the kind", (kind) => {
  expect(pickActivation(readTrace(inventedTrace([])), kind)).toBeUndefined();
});

it("names a few customers", () => {
  expect(someCustomers(read)).toEqual(["c-1", "c-2", "c-3"]);
});
