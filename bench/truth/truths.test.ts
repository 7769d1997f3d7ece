import { expect, it } from "vitest";
import { truthOfStall } from "./truths.ts";

it("knows how long each must wait at a stalled server", () => {
  const stall = {
    kind: "stall",
    serviceMs: 5,
    everyMs: 5_000,
    forMs: 1_000,
    endsAtEpochMs: 100_000,
  } as const;

  const waits = truthOfStall(stall, [99_000, 99_999, 100_000, 103_999, 104_000, 104_250, 110_000]);

  expect(waits).toEqual([1_005, 6, 5, 5, 1_005, 755, 5]);
});
