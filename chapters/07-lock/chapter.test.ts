import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { startEnvironments, useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";

describe("07: one conditional write takes a lease", () => {
  const chapter = useChapter(import.meta.dirname);
  const killWhileVendorWorks = async (index: number) => {
    await chapter.running.vendor.setWeather({ hold: true });
    const { body } = await chapter.activate(index);
    await chapter.openCall(index);
    await chapter.running.kill("function");
    return body["eventId"];
  };

  it("fixes the race: of two copies at the same moment, one does the work, and the other comes back and finds it done", async () => {
    await startEnvironments(chapter, 2);
    const invocations = async () => (await chapter.inspect()).functions[0]?.invocations ?? 0;
    const before = await invocations();
    await chapter.running.vendor.setWeather({ hold: true });
    await chapter.running.aws.deliverTwice(1, [0]);
    const { body } = await chapter.activate(0);
    await chapter.openCall(0);
    await eventually(async () => (await invocations()) >= before + 2);
    await chapter.running.vendor.setWeather({ hold: false });
    await chapter.running.aws.deliverTwice(0, []);

    await chapter.becomes("active", body["eventId"]);
    await eventually(async () => {
      const { queues } = await chapter.inspect();
      expect(queues.map(({ visible, inFlight }) => visible + inFlight)).toEqual([0, 0]);
    });
    expect(await chapter.vendorCalls(0)).toBe(1);
  });

  it("fixes the crash: the first delivery after the end of the lease takes over", async () => {
    const eventId = await killWhileVendorWorks(1);
    await chapter.running.vendor.setWeather({ hold: false });

    await chapter.becomes("active", eventId);
  });

  it("still breaks: the vendor completes a killed attempt's call, and the next attempt provisions again", async () => {
    const eventId = await killWhileVendorWorks(2);
    await chapter.running.vendor.setWeather({ hold: false });
    await chapter.becomes("active", eventId);

    expect(await chapter.provisionings(2)).toBe(2);
  });

  it("closes that gap with a vendor that honours the idempotency key", async () => {
    await chapter.running.vendor.setWeather({ honoursIdempotencyKey: true });
    const eventId = await killWhileVendorWorks(3);
    await chapter.running.vendor.setWeather({ hold: false });
    await chapter.becomes("active", eventId);
    await chapter.running.vendor.setWeather({ honoursIdempotencyKey: false });

    const { calls } = await chapter.running.vendor.ledger();
    const ours = calls.filter(({ macAddress }) => macAddress === deviceAt(3).macAddress);
    expect(await chapter.provisionings(3)).toBe(1);
    expect(ours.map(({ idempotencyKey }) => idempotencyKey)).toEqual([eventId, eventId]);
  });

  it("keeps its lease when the vendor doesn't answer, so no one asks again while it may still be working", async () => {
    await chapter.running.vendor.setWeather({ answer: "hang" });
    await chapter.activate(5);
    await chapter.openCall(5);
    await chapter.running.vendor.setWeather({ answer: "normal" });

    const callsTo = async (index: number) =>
      (await chapter.running.vendor.ledger()).calls.filter(
        (call) => call.macAddress === deviceAt(index).macAddress,
      );
    const [first, second] = await eventually(async () => {
      const calls = await callsTo(5);
      expect(calls).toHaveLength(2);
      return calls;
    });

    // The lease ends half a second after the function's timeout of four; the wait for the vendor took three.
    expect((second?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(4_000);
  });

  it("sets poison aside with the ticket failed, and a redrive starts it again", async () => {
    await chapter.running.vendor.setWeather({ poison: [deviceAt(4).macAddress] });
    const { body } = await chapter.activate(4);

    await chapter.becomes("failed", body["eventId"]);
    expect(await chapter.vendorCalls(4)).toBe(5);
    await chapter.running.vendor.setWeather({ poison: [] });
    await eventually(async () => {
      const { queues } = await chapter.inspect();
      const aside = queues.find(({ url }) => url === chapter.running.outputs["DEAD_LETTER_QUEUE_URL"]);
      expect(aside?.visible).toBe(1);
    });
    await chapter.running.redrive();
    await chapter.becomes("active", body["eventId"]);
  });

  testContract(chapter, import.meta.dirname);
});
