import { describe, expect, it } from "vitest";
import { startEnvironments, useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";

describe("06: look first, then act", () => {
  const chapter = useChapter(import.meta.dirname);
  const queueIsEmpty = () =>
    eventually(async () => {
      const { queues } = await chapter.inspect();
      expect(queues.map(({ visible, inFlight, delayed }) => visible + inFlight + delayed)).toEqual([0, 0]);
    });

  it("fixes most duplicates: a copy that arrives during the vendor's call, and one that arrives after it", async () => {
    await startEnvironments(chapter, 4);
    const invocations = async () => (await chapter.inspect()).functions[0]?.invocations ?? 0;
    const before = await invocations();
    // The first copy arrives in the middle of the call, the second when the call is over.
    await chapter.running.vendor.setWeather({ medianMs: 2_000, p99Ms: 2_000 });
    await chapter.running.aws.deliverTwice(1, [1_000, 4_000]);
    const [first, second] = [await chapter.activate(0), await chapter.activate(1)];

    await chapter.becomes("active", first.body["eventId"]);
    await chapter.becomes("active", second.body["eventId"]);
    await queueIsEmpty();
    await chapter.running.aws.deliverTwice(0, []);

    expect(await invocations()).toBe(before + 4);
    expect([await chapter.provisionings(0), await chapter.provisionings(1)]).toEqual([1, 1]);
  });

  it("retries after a failure that it sees", async () => {
    await chapter.running.vendor.setWeather({ outage: true, medianMs: 20, p99Ms: 20 });
    const { body } = await chapter.activate(2);
    await eventually(async () => (await chapter.vendorCalls(2)) >= 1);
    await chapter.running.vendor.setWeather({ outage: false });

    await chapter.becomes("active", body["eventId"]);
  });

  it("still breaks: two deliveries that read at the same moment both see 'not yet' and provision twice", async () => {
    await chapter.running.aws.deliverTwice(1, [0]);
    // Both answers are held until both deliveries have read: what is likely under load is certain here.
    chapter.dynamoDb.hold(({ operation }) => operation === "GetItem");
    const { body } = await chapter.activate(3);
    await eventually(() => chapter.dynamoDb.held() >= 2);
    chapter.dynamoDb.release();
    await chapter.running.aws.deliverTwice(0, []);

    await eventually(async () => expect(await chapter.provisionings(3)).toBe(2));
    await chapter.becomes("active", body["eventId"]);
  });

  it("still breaks: a crash leaves 'provisioning', the redelivery returns, and the work is lost", async () => {
    await chapter.running.vendor.setWeather({ hold: true });
    const { body } = await chapter.activate(4);
    await chapter.openCall(4);
    await chapter.running.kill("function");
    await chapter.running.vendor.setWeather({ hold: false });

    await queueIsEmpty();

    const ticket = await chapter.request(`/activations/${String(body["eventId"])}`);
    expect(ticket.body["status"]).toBe("provisioning");
    expect(await chapter.vendorCalls(4)).toBe(1);
  });

  testContract(chapter, import.meta.dirname);
});
