import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { asksFor, useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { startHttpApi } from "#shared/testing/http-api.ts";
import type { TestedParts } from "#shared/testing/tested-chapter.ts";

const key = (of: "api" | "vendor") => ({ authorization: `Bearer only-on-this-machine-${of}` });

/** The API's function in place of its process, and its queue behind the proxy. */
async function asFunction(parts: TestedParts): Promise<TestedParts> {
  const front = await startHttpApi({
    lambdaUrl: () => parts.running.lambdaUrl,
    functionName: "ApiFunction",
    headers: key("api"),
  });
  const close = () => front.close().then(parts.close);
  return { ...parts, running: { ...parts.running, apiUrl: front.url }, close };
}

testContract(import.meta.dirname);
testContract(import.meta.dirname, asFunction);

describe("08: the same system as functions behind keys", () => {
  const chapter = useChapter(import.meta.dirname);
  const inFrontOf = async <Result>(
    functionName: string,
    headers: Record<string, string>,
    ask: (path: string, init?: RequestInit) => Promise<Result>,
  ) => {
    const front = await startHttpApi({ lambdaUrl: () => chapter.running.lambdaUrl, functionName, headers });
    try {
      return await ask(front.url);
    } finally {
      await front.close();
    }
  };
  const askVendor = (path: string, init?: RequestInit) =>
    inFrontOf("VendorFunction", key("vendor"), async (url) => {
      const response = await fetch(new URL(path, url), init);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    });

  it.each(["ApiFunction", "VendorFunction"])(
    "%s answers 401 without the key and 403 with another",
    async (name) => {
      for (const [headers, status] of [
        [{}, 401],
        [{ authorization: "Basic abc" }, 401],
        [{ authorization: "Bearer wrong" }, 403],
        [key(name === "ApiFunction" ? "vendor" : "api"), 403],
      ] as const) {
        const answer = await inFrontOf(name, headers, (url) =>
          fetch(new URL("/activations", url), asksFor(deviceAt(1))),
        );
        expect(answer.status).toBe(status);
        expect(await answer.json()).toMatchObject({ status, detail: expect.stringMatching(/expected/i) });
        expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
      }
      expect(await chapter.vendorCalls(1)).toBe(0);
    },
  );

  it("sends the vendor's key, and waits at least half of each delay between its tries", async () => {
    await chapter.running.vendor.setWeather({ poison: [deviceAt(2).macAddress] });
    const { body } = await chapter.activate(2);
    await chapter.becomes("failed", body["eventId"], { withinMs: 20_000 });

    const { calls } = await chapter.running.vendor.ledger();
    const began = calls
      .filter((call) => call.macAddress === deviceAt(2).macAddress)
      .map((call) => call.startedAtMs);
    // Whole seconds of at least half of 1, 1, 2 and 2.
    const gaps = began.slice(1).map((atMs, index) => atMs - (began[index] ?? 0));
    expect(gaps).toHaveLength(4);
    expect(gaps.every((gapMs) => gapMs >= 1_000)).toBe(true);
    await eventually(async () => {
      const { queues } = await chapter.inspect();
      expect(queues.find(({ name }) => name === "DeadLetterQueue")?.visible).toBe(1);
    });
  });

  it("has a vendor that keeps weather, provisionings and keys between environments", async () => {
    const { macAddress } = deviceAt(3);
    const ask = (idempotencyKey?: string) =>
      askVendor("/provisionings", {
        method: "POST",
        headers: idempotencyKey === undefined ? {} : { "idempotency-key": `"${idempotencyKey}"` },
        body: JSON.stringify({ macAddress }),
      });
    const change = (weather: object) =>
      askVendor("/weather", { method: "PATCH", body: JSON.stringify(weather) });
    await change({ medianMs: 5, p99Ms: 5, honoursIdempotencyKey: true });

    const [first, again] = [await ask("one"), await ask("one")];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body["provisioningId"]).toBe(first.body["provisioningId"]);
    await change({ poison: [macAddress] });
    expect((await ask("two")).status).toBe(500);
    await change({ poison: [] });
    expect((await ask("two")).status).toBe(201);
    await change({ outage: true });
    expect((await ask()).status).toBe(503);

    expect((await askVendor("/ledger")).body["provisionings"]).toEqual({ [macAddress]: 2 });
    expect((await askVendor("/ledger/summary")).body).toEqual({
      calls: 5,
      provisioned: 2,
      doubled: 1,
      open: 0,
      inLine: 0,
    });
    expect((await askVendor("/weather", { method: "PATCH", body: '{"medianMs":-1}' })).status).toBe(400);
    await askVendor("/ledger", { method: "DELETE" });
    expect((await askVendor("/ledger")).body["provisionings"]).toEqual({});
  });
});
