import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { startEnvironments, useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";

describe("04: Lambda polls the queue", () => {
  // The shortest that AWS allows with a function timeout of 4 s.
  const chapter = useChapter(import.meta.dirname, { parameters: { VisibilityTimeoutSeconds: "4" } });

  it("fixes the backlog: makes as many calls at the same time as the vendor can take, and no more", async () => {
    await startEnvironments(chapter, 5);
    await chapter.running.vendor.setWeather({ hold: true });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => chapter.activate(index)));

    const inWork = await eventually(async () => {
      const open = (await chapter.running.vendor.openCalls()).length;
      return open >= 20 && open;
    });
    await chapter.running.vendor.setWeather({ hold: false });

    expect(inWork).toBe(20);
    await Promise.all(answers.map(({ body }) => chapter.becomes("active", body["eventId"])));
  });

  it("survives the death of an environment in the middle of a vendor call", async () => {
    await chapter.running.vendor.setWeather({ hold: true });
    const { body } = await chapter.activate(40);
    await chapter.openCall(40);
    const { openCalls } = await chapter.running.kill("function");
    await chapter.running.vendor.setWeather({ hold: false });

    expect(openCalls).toContain(deviceAt(40).macAddress);
    await chapter.becomes("active", body["eventId"]);
  });

  it("still breaks: a message that can never succeed calls the vendor again and again, and stays in the queue", async () => {
    const poison = 50;
    await chapter.running.vendor.setWeather({ poison: [deviceAt(poison).macAddress] });
    const answers = await Promise.all([chapter.activate(poison), chapter.activate(51), chapter.activate(52)]);

    await eventually(async () => (await chapter.vendorCalls(poison)) >= 3);
    const { queues } = await chapter.inspect();
    const waiting = queues
      .flatMap(({ messages }) => messages)
      .map((message) => JSON.parse(message.body).eventId);

    expect(queues).toHaveLength(1);
    expect(waiting).toEqual([answers[0].body["eventId"]]);
    // SQS redelivered only the failed message, not the others of its batch.
    expect([await chapter.vendorCalls(51), await chapter.vendorCalls(52)]).toEqual([1, 1]);
    await chapter.becomes("active", answers[1].body["eventId"]);
  });

  testContract(chapter, import.meta.dirname);
});
