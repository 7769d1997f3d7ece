import { expect, it } from "vitest";
import { startInspectServer } from "./inspection.ts";

it("says so if what it has seen can't be written, and serves on", async () => {
  let isTooMuch = true;
  // As JSON.stringify throws for more text than a string can hold, which is 512 MB.
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
