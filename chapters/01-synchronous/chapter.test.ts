import { describe, expect, it } from "vitest";
import { useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";

describe("01: the vendor inside the request", () => {
  const chapter = useChapter(import.meta.dirname);

  it("answers with the active device", async () => {
    const answer = await chapter.activate(0);

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      eventId: expect.any(String),
      macAddress: "00-00-5E-10-00-00-00-00",
      status: "active",
      activatedAtMs: expect.any(Number),
    });
    expect(await chapter.provisionings(0)).toBe(1);
  });

  it("asks the vendor once for a device that works", async () => {
    await chapter.activate(1);
    await chapter.activate(1);

    expect(await chapter.vendorCalls(1)).toBe(1);
  });

  it("still breaks: the customer waits as long as the vendor", async () => {
    await chapter.running.vendor.setWeather({ hold: true });
    let answered = false;
    const answer = chapter.activate(2).finally(() => {
      answered = true;
    });
    await chapter.openCall(2);

    const answeredBeforeTheVendor = answered;
    await chapter.running.vendor.setWeather({ hold: false });

    expect(answeredBeforeTheVendor).toBe(false);
    expect((await answer).status).toBe(201);
  });

  it("still breaks: the vendor's failure is the customer's, who must ask again", async () => {
    await chapter.running.vendor.setWeather({ outage: true });
    const failed = await chapter.activate(3);
    await chapter.running.vendor.setWeather({ outage: false });
    const repeated = await chapter.activate(3);

    expect([failed.status, repeated.status]).toEqual([502, 201]);
  });

  it("still breaks: a customer who loses the connection and asks again gets the device provisioned twice", async () => {
    await chapter.running.vendor.setWeather({ hold: true });
    const cut = chapter.activate(4);
    await chapter.openCall(4);
    await Promise.all([expect(cut).rejects.toThrow("fetch failed"), chapter.running.kill("api")]);
    await chapter.running.vendor.setWeather({ hold: false });
    await chapter.running.whenReady();

    const repeated = await chapter.activate(4);

    expect(repeated.status).toBe(201);
    expect(await chapter.provisionings(4)).toBe(2);
  });

  testContract(chapter, import.meta.dirname);
});
