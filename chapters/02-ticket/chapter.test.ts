import { describe, expect, it } from "vitest";
import { useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";

describe("02: a ticket, and the work goes on in memory", () => {
  const chapter = useChapter(import.meta.dirname);
  const vendorIsIdle = () => eventually(async () => (await chapter.running.vendor.openCalls()).length === 0);

  it("fixes the response: it answers while the vendor is still at work", async () => {
    await chapter.running.vendor.setWeather({ hold: true });

    const answer = await chapter.activate(0);
    await chapter.openCall(0);
    const meanwhile = await chapter.request(`/activations/${String(answer.body["eventId"])}`);
    await chapter.running.vendor.setWeather({ hold: false });

    expect(answer.status).toBe(202);
    expect(meanwhile.body["status"]).toBe("accepted");
    await chapter.becomes("active", answer.body["eventId"]);
  });

  it("starts nothing new when the customer asks again, during the work or after it", async () => {
    const { body } = await chapter.activate(1);
    await chapter.activate(1);
    await chapter.becomes("active", body["eventId"]);
    await chapter.activate(1);

    expect(await chapter.vendorCalls(1)).toBe(1);
  });

  it("still breaks: when the process dies, what it had accepted is lost", async () => {
    await chapter.running.vendor.setWeather({ hold: true });
    const { status, body } = await chapter.activate(2);
    await chapter.openCall(2);
    await chapter.running.kill("api");
    await chapter.running.vendor.setWeather({ hold: false });
    await chapter.running.whenReady();
    await vendorIsIdle();

    // The vendor has provisioned the device, but no process is left to record it: asking again gives the same ticket.
    const ticket = await chapter.request(`/activations/${String(body["eventId"])}`);
    const repeated = await chapter.activate(2);

    expect(status).toBe(202);
    expect(ticket.body["status"]).toBe("accepted");
    expect(repeated.body["status"]).toBe("accepted");
    expect(await chapter.vendorCalls(2)).toBe(1);
  });

  it("still breaks: no one retries a failure after the 202, until the customer asks again", async () => {
    await chapter.running.vendor.setWeather({ outage: true });
    const { status, body } = await chapter.activate(3);
    await chapter.becomes("failed", body["eventId"]);
    await chapter.running.vendor.setWeather({ outage: false });

    const callsUntilAskedAgain = await chapter.vendorCalls(3);
    const repeated = await chapter.activate(3);

    expect(status).toBe(202);
    expect(callsUntilAskedAgain).toBe(1);
    expect([repeated.status, repeated.body["eventId"]]).toEqual([202, body["eventId"]]);
    await chapter.becomes("active", body["eventId"]);
  });

  testContract(chapter, import.meta.dirname);
});
