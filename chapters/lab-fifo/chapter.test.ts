import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";

/** The devices whose messages are in the queue (`work`) and in its dead-letter queue (`setAside`). */
async function devicesIn(chapter: Stage): Promise<{ work: string[]; setAside: string[] }> {
  const { queues } = await chapter.inspect();
  const of = (url: string | undefined) =>
    queues
      .filter((queue) => queue.url === url)
      .flatMap(({ messages }) => messages.map(({ body }) => String(JSON.parse(body).macAddress)));
  const { QUEUE_URL, DEAD_LETTER_QUEUE_URL } = chapter.running.outputs;
  return { work: of(QUEUE_URL), setAside: of(DEAD_LETTER_QUEUE_URL) };
}

describe("lab-fifo: a group for each device", () => {
  const chapter = useChapter(import.meta.dirname);

  it("fixes the second copy: SQS drops every repeated send", async () => {
    await chapter.running.aws.deliverTwice(1, [0]);
    const { body } = await chapter.activate(0);
    await chapter.becomes("active", body["eventId"]);
    await chapter.running.aws.deliverTwice(0, []);

    await eventually(async () => expect((await devicesIn(chapter)).work).toEqual([]));
    expect(await chapter.vendorCalls(0)).toBe(1);
  });

  it("lets a poison device wait alone and sets it aside as failed; a redrive brings it back once the cause is fixed", async () => {
    const { macAddress } = deviceAt(1);
    await chapter.running.vendor.setWeather({ poison: [macAddress] });
    const [{ body }, healthy] = await Promise.all([chapter.activate(1), chapter.activate(2)]);
    await chapter.becomes("active", healthy.body["eventId"]);

    await chapter.becomes("failed", body["eventId"]);
    await eventually(async () =>
      expect(await devicesIn(chapter)).toEqual({ work: [], setAside: [macAddress] }),
    );
    const calls = [await chapter.vendorCalls(1), await chapter.vendorCalls(2)];
    await chapter.running.vendor.setWeather({ poison: [] });
    await chapter.running.redrive();

    expect(calls).toEqual([5, 1]);
    await chapter.becomes("active", body["eventId"]);
    expect((await devicesIn(chapter)).setAside).toEqual([]);
  });

  it("still breaks: a killed environment's message comes back, and its device is provisioned twice", async () => {
    await chapter.running.vendor.setWeather({ hold: true });
    const { body } = await chapter.activate(3);
    await chapter.openCall(3);
    await chapter.running.kill("function");
    await chapter.running.vendor.setWeather({ hold: false });

    await chapter.becomes("active", body["eventId"]);
    expect(await chapter.provisionings(3)).toBe(2);
  });
});

describe("lab-fifo: one group for all devices", () => {
  const chapter = useChapter(import.meta.dirname, { parameters: { MessageGroup: "all" } });

  it("keeps their order, so a poison device stops all the devices behind it", async () => {
    const { macAddress } = deviceAt(1);
    await chapter.running.vendor.setWeather({ poison: [macAddress] });
    const first = await chapter.activate(0);
    await chapter.becomes("active", first.body["eventId"]);
    await chapter.activate(1);
    const behind = await chapter.activate(2);

    await eventually(async () => expect(await chapter.vendorCalls(1)).toBeGreaterThanOrEqual(3));
    expect(await chapter.vendorCalls(2)).toBe(0);
    await chapter.running.vendor.setWeather({ poison: [] });

    await chapter.becomes("active", behind.body["eventId"]);
    const called = (await chapter.running.vendor.ledger()).calls.map((call) => call.macAddress);
    // How often each was called is at least once: a call that takes long on a busy machine is repeated.
    const inTurn = called.filter((each, at) => each !== called[at - 1]);
    expect(inTurn).toEqual([0, 1, 2].map((index) => deviceAt(index).macAddress));
  });

  testContract(chapter, import.meta.dirname);
});
