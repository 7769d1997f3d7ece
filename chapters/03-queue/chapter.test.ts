import { describe, expect, it } from "vitest";
import { useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";

describe("03: the queue keeps the work", () => {
  const chapter = useChapter(import.meta.dirname, { parameters: { VisibilityTimeoutSeconds: "1" } });

  it("sends the message before it answers, with only eventId and macAddress in it", async () => {
    await chapter.running.setConsumers(false);
    const { body } = await chapter.activate(0);
    const { queues } = await chapter.inspect();
    await chapter.running.setConsumers(true);

    const bodies = queues.flatMap(({ messages }) => messages).map((message) => JSON.parse(message.body));
    expect(bodies).toEqual([{ eventId: body["eventId"], macAddress: body["macAddress"] }]);
    await chapter.becomes("active", body["eventId"]);
  });

  it("fixes the crash: killing the API and the worker loses nothing that was accepted", async () => {
    await chapter.running.vendor.setWeather({ hold: true });
    const { body } = await chapter.activate(1);
    await chapter.openCall(1);
    await chapter.running.kill("worker");
    await chapter.running.kill("api");
    await chapter.running.vendor.setWeather({ hold: false });
    await chapter.running.whenReady();

    await chapter.becomes("active", body["eventId"]);
  });

  it("fixes the failure: SQS redelivers what the vendor refused", async () => {
    await chapter.running.vendor.setWeather({ outage: true });
    const { body } = await chapter.activate(2);
    await eventually(async () => (await chapter.vendorCalls(2)) >= 1);
    await chapter.running.vendor.setWeather({ outage: false });

    await chapter.becomes("active", body["eventId"]);
    expect(await chapter.provisionings(2)).toBe(1);
  });

  it("empties the queue once the device works", async () => {
    const { body } = await chapter.activate(3);
    await chapter.becomes("active", body["eventId"]);

    await eventually(async () => {
      const { queues } = await chapter.inspect();
      expect(queues.map(({ visible, inFlight }) => visible + inFlight)).toEqual([0]);
    });
  });

  it("still breaks: the tenth customer's device works only after ten vendor calls", async () => {
    const vendorMs = 60;
    await chapter.running.vendor.setWeather({ medianMs: vendorMs, p99Ms: vendorMs });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => chapter.activate(10 + index)));

    const tickets = await Promise.all(answers.map(({ body }) => chapter.becomes("active", body["eventId"])));
    const activatedAtMs = tickets.map(({ body }) => Number(body["activatedAtMs"])).toSorted((a, b) => a - b);
    const { calls } = await chapter.running.vendor.ledger();
    const ours = calls.slice(-10).map(({ startedAtMs, endedAtMs = 0 }) => ({ startedAtMs, endedAtMs }));

    // The worker makes one call after the other, so the first and the tenth are nine calls apart.
    expect((activatedAtMs.at(-1) ?? 0) - (activatedAtMs[0] ?? 0)).toBeGreaterThanOrEqual(9 * vendorMs);
    expect(
      ours.slice(1).every(({ startedAtMs }, index) => startedAtMs >= (ours[index]?.endedAtMs ?? 0)),
    ).toBe(true);
  });

  testContract(chapter, import.meta.dirname);
});
