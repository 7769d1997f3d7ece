import { expect, test } from "vitest";
import { Leases } from "./leases.ts";

test("a lease that was not given back holds its message until its end, and the next one is independent of it", () => {
  const leases = new Leases(20_500);

  leases.keep(7, 1_000);
  leases.keep(8, 41_900);
  // Only what has ended by then is forgotten.
  leases.keep(9, 50_000);

  expect([leases.heldUntilMs(7, 21_499), leases.heldUntilMs(7, 21_500)]).toEqual([21_500, 0]);
  expect([7, 8, 9, 10].map((message) => leases.heldUntilMs(message, 60_000))).toEqual([0, 62_400, 70_500, 0]);
  expect([leases.haveEnded(70_499), leases.haveEnded(70_500)]).toEqual([false, true]);
});
