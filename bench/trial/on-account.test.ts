import { expect, it } from "vitest";
import { refuseUnlessDrained } from "./on-account.ts";

it.each(["visible", "inFlight", "delayed"])("refuses a run with a message that is still %s", (state) => {
  const empty = { visible: 0, inFlight: 0, delayed: 0 };

  expect(() => refuseUnlessDrained(empty)).not.toThrow();
  expect(() => refuseUnlessDrained({ ...empty, [state]: 1 })).toThrow(
    "about 1 messages were still in the queue",
  );
});
