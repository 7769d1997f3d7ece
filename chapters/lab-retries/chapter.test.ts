import { SQSClient, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually, testPatienceMs } from "#shared/testing/eventually.ts";

describe("lab-retries: Lambda retries by itself", () => {
  // Thirty at once start up to twenty environments: on a busy machine an answer may take more than the usual ten seconds.
  const chapter = useChapter(import.meta.dirname, { answersWithinMs: testPatienceMs });
  const status = async (eventId: unknown) =>
    (await chapter.request(`/activations/${String(eventId)}`)).body["status"];
  const asyncEvents = async () => {
    const [found] = (await chapter.inspect()).functions;
    return found?.asyncEvents ?? expect.fail("There is no function");
  };
  const setAside = async () => {
    const { queues } = await chapter.inspect();
    return queues.flatMap(({ messages }) => messages.map(({ body }) => String(JSON.parse(body).macAddress)));
  };

  it("outlasts a short outage with its two retries", async () => {
    await chapter.running.vendor.setWeather({ outage: true });
    const { body } = await chapter.activate(0);
    await eventually(async () => (await chapter.vendorCalls(0)) >= 2);
    await chapter.running.vendor.setWeather({ outage: false });

    await chapter.becomes("active", body["eventId"]);
    expect(await chapter.vendorCalls(0)).toBe(3);
  });

  it("still breaks: an event that failed three times is set aside, but its ticket still says accepted", async () => {
    const { macAddress } = deviceAt(1);
    await chapter.running.vendor.setWeather({ poison: [macAddress] });
    const [{ body }, healthy] = await Promise.all([chapter.activate(1), chapter.activate(2)]);
    await chapter.becomes("active", healthy.body["eventId"]);

    await eventually(async () => expect(await setAside()).toEqual([macAddress]));
    expect(await chapter.vendorCalls(1)).toBe(3);
    expect(await status(body["eventId"])).toBe("accepted");

    // SQS refuses chapter 05's redrive; this lab's redrive brings the event back.
    const sqs = new SQSClient({
      endpoint: chapter.running.sqsUrl,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    const move = new StartMessageMoveTaskCommand({
      SourceArn: chapter.running.outputs["DEAD_LETTER_QUEUE_ARN"],
    });
    await expect(sqs.send(move)).rejects.toThrow("must be configured as a Dead Letter Queue");
    sqs.destroy();
    await chapter.running.vendor.setWeather({ poison: [] });
    expect(await chapter.running.redrive()).toContain("Invoked again for 1 events");

    await chapter.becomes("active", body["eventId"]);
    expect(await setAside()).toEqual([]);
  });

  // On a busy machine cold environments start one after the other, and the first may be done before the last begins. The next
  // burst finds them warm. With a wrong limit every burst fails.
  it("makes twenty vendor calls at the same time and no more; Lambda throttles the others and retries them later", async () => {
    const bursts = 4;
    const burst = async (number: number) => {
      await chapter.running.vendor.setWeather({ medianMs: 1_500, p99Ms: 1_500 });
      const indexes = Array.from({ length: 30 }, (_, index) => 30 * number + 40 + index);
      const accepted = await Promise.all(indexes.map((index) => chapter.activate(index)));
      const seen = { most: 0, areThrottled: false };
      const isFull = async () => {
        const { running, events } = await asyncEvents();
        seen.most = Math.max(seen.most, running);
        seen.areThrottled ||= events.some(({ throttleCount }) => throttleCount > 0);
        return seen.most >= 20 && seen.areThrottled;
      };
      await eventually(isFull, { withinMs: number < bursts ? 5_000 : testPatienceMs }).catch(() => {});
      const calls = (await chapter.running.vendor.openCalls()).length;
      await Promise.all(accepted.map(({ body }) => chapter.becomes("active", body["eventId"])));
      // 200: the customer asked again after a 503, since on a busy machine Lambda may be late with thirty at once.
      const refused = accepted.filter(({ status: answered }) => answered !== 202 && answered !== 200);
      return { ...seen, isWithinLimit: calls <= 20, refused: refused.length };
    };

    let seen = await burst(1);
    for (let number = 2; number <= bursts && seen.most < 20; number += 1) {
      seen = await burst(number);
    }

    expect(seen).toEqual({ most: 20, areThrottled: true, isWithinLimit: true, refused: 0 });
    await chapter.running.vendor.setWeather({ medianMs: 20, p99Ms: 20 });
  });

  it("retries after an environment is killed", async () => {
    // A customer of the burst who asked again may still have a second event.
    await eventually(async () => expect(await asyncEvents()).toMatchObject({ running: 0, events: [] }));
    await chapter.running.vendor.setWeather({ medianMs: 800, p99Ms: 800 });
    const { body } = await chapter.activate(50);
    await chapter.openCall(50);
    const { openCalls } = await chapter.running.kill("function");
    await chapter.running.vendor.setWeather({ medianMs: 20, p99Ms: 20 });

    expect(openCalls).toEqual([deviceAt(50).macAddress]);
    await chapter.becomes("active", body["eventId"]);
  });

  it("still breaks: an event that Lambda delivers twice provisions its device twice", async () => {
    await chapter.running.aws.deliverTwice(1, [0]);
    const { body } = await chapter.activate(60);

    await eventually(async () => expect(await chapter.provisionings(60)).toBe(2));
    await chapter.running.aws.deliverTwice(0, []);
    await chapter.becomes("active", body["eventId"]);
  });

  testContract(chapter, import.meta.dirname);
});
