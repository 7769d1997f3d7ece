import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";

describe("05: what keeps failing is set aside", () => {
  const chapter = useChapter(import.meta.dirname);
  const setAside = async () => {
    const { queues } = await chapter.inspect();
    const isDeadLetterQueue = (url: string) => url === chapter.running.outputs["DEAD_LETTER_QUEUE_URL"];
    const messages = queues.filter(({ url }) => isDeadLetterQueue(url)).flatMap((queue) => queue.messages);
    return messages.map(({ body }) => String(JSON.parse(body).macAddress));
  };

  it("fixes poison: sets it aside as failed after five calls, and a redrive brings it back once the cause is fixed", async () => {
    const { macAddress } = deviceAt(0);
    await chapter.running.vendor.setWeather({ poison: [macAddress] });
    const [{ body }, healthy] = await Promise.all([chapter.activate(0), chapter.activate(1)]);
    await chapter.becomes("active", healthy.body["eventId"]);

    await chapter.becomes("failed", body["eventId"]);
    await eventually(async () => expect(await setAside()).toEqual([macAddress]));
    const calls = [await chapter.vendorCalls(0), await chapter.vendorCalls(1)];
    await chapter.running.vendor.setWeather({ poison: [] });
    await chapter.running.redrive();

    expect(calls).toEqual([5, 1]);
    await chapter.becomes("active", body["eventId"]);
    expect(await setAside()).toEqual([]);
  });

  it("fixes a short outage: the retries outlast it", async () => {
    await chapter.running.vendor.setWeather({ outage: true });
    const { body } = await chapter.activate(2);
    await eventually(async () => (await chapter.vendorCalls(2)) >= 2);
    await chapter.running.vendor.setWeather({ outage: false });

    await chapter.becomes("active", body["eventId"]);
  });

  it("still breaks: an outage longer than the retries sets healthy devices aside, too", async () => {
    await chapter.running.vendor.setWeather({ outage: true });
    const { body } = await chapter.activate(3);

    await chapter.becomes("failed", body["eventId"]);
    await eventually(async () => expect(await setAside()).toEqual([deviceAt(3).macAddress]));
    await chapter.running.vendor.setWeather({ outage: false });
    expect(await chapter.vendorCalls(3)).toBe(5);

    await chapter.running.redrive();
    await chapter.becomes("active", body["eventId"]);
  });

  it("still breaks: a message that SQS delivers twice provisions its device twice", async () => {
    await chapter.running.aws.deliverTwice(1, [0]);
    const { body } = await chapter.activate(4);

    await eventually(async () => expect(await chapter.provisionings(4)).toBe(2));
    await chapter.running.aws.deliverTwice(0, []);
    await chapter.becomes("active", body["eventId"]);
  });

  testContract(chapter, import.meta.dirname);
});
