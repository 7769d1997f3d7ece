import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { asFunction, inFrontOf } from "#shared/testing/http-api.ts";

const key = (of: "api" | "vendor") => ({ authorization: `Bearer only-on-this-machine-${of}` });

describe("08: the same system as functions behind keys", () => {
  const chapter = useChapter(import.meta.dirname);

  it.each(["ApiFunction", "VendorFunction"])(
    "%s answers 401 without the key and 403 with another",
    async (functionName) => {
      for (const [headers, status] of [
        [{}, 401],
        [{ authorization: "Basic abc" }, 401],
        [{ authorization: "Bearer wrong" }, 403],
        [key(functionName === "ApiFunction" ? "vendor" : "api"), 403],
      ] as const) {
        const answer = await inFrontOf(chapter, { functionName, headers }, (url) =>
          fetch(new URL("/activations", url), asksFor(deviceAt(1))),
        );
        expect(answer.status).toBe(status);
        expect(await answer.json()).toMatchObject({ status, detail: expect.stringMatching(/expected/i) });
        expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
      }
      expect(await chapter.vendorCalls(1)).toBe(0);
    },
  );

  it("waits at least half of each delay between its tries", async () => {
    await chapter.running.vendor.setWeather({ poison: [deviceAt(2).macAddress] });
    const { body } = await chapter.activate(2);
    await chapter.becomes("failed", body["eventId"]);

    const { calls } = await chapter.running.vendor.ledger();
    const began = calls
      .filter((call) => call.macAddress === deviceAt(2).macAddress)
      .map((call) => call.startedAtMs);
    // At least half of 1, 1, 2 and 2 s, rounded up to whole seconds.
    const gaps = began.slice(1).map((atMs, index) => atMs - (began[index] ?? 0));
    expect(gaps).toHaveLength(4);
    expect(gaps.every((gapMs) => gapMs >= 1_000)).toBe(true);
    await eventually(async () => {
      const { queues } = await chapter.inspect();
      expect(queues.find(({ name }) => name === "DeadLetterQueue")?.visible).toBe(1);
    });
  });

  testContract(chapter, import.meta.dirname);
  testContract(chapter, import.meta.dirname, asFunction(key("api")));
});
