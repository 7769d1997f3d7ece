import { expect, it } from "vitest";
import { startInspectServer } from "./inspection.ts";

it("answers 502 if what it has seen can't be serialized, and keeps serving", async () => {
  let isTooMuch = true;
  // JSON.stringify throws like this for text longer than a string can hold, which is 512 MB.
  const seen = {
    toJSON() {
      if (isTooMuch) {
        throw new RangeError("Invalid string length");
      }
      return { queues: [] };
    },
  };
  const server = await startInspectServer(() => seen);
  try {
    const failed = await fetch(server.url);
    isTooMuch = false;
    const next = await fetch(server.url);

    expect([failed.status, await failed.json()]).toEqual([
      502,
      { error: "RangeError: Invalid string length" },
    ]);
    expect([next.status, await next.json()]).toEqual([200, { queues: [] }]);
  } finally {
    await server.close();
  }
});
