import { ListTablesCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { dynamoDbAt } from "#shared/run/local-clients.ts";
import { useChapter } from "#shared/testing/chapter.ts";
import { asFunction, inFrontOf, startHttpApi } from "#shared/testing/http-api.ts";

const key = (of: "api" | "vendor") => ({ authorization: `Bearer only-on-this-machine-${of}` });

describe("08's vendor", () => {
  const chapter = useChapter(import.meta.dirname);
  const askVendor = (path: string, init?: RequestInit) =>
    inFrontOf(chapter, { functionName: "VendorFunction", headers: key("vendor") }, async (url) => {
      const response = await fetch(new URL(path, url), init);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    });

  it("keeps weather, provisionings and keys between environments", async () => {
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

  it("takes a call whose end was never written for open as long as the function may run, and no longer", async () => {
    const dynamoDb = dynamoDbAt(chapter.running.dynamoDbUrl);
    const { TableNames: names = [] } = await dynamoDb.send(new ListTablesCommand({}));
    const begun = (index: number, startedAtMs: number) => ({
      TableName: names.find((name) => name.includes("VendorTable")),
      Item: {
        id: { S: `call#${index}` },
        macAddress: { S: deviceAt(index).macAddress },
        startedAtMs: { N: String(startedAtMs) },
      },
    });
    await dynamoDb.send(new PutItemCommand(begun(6, Date.now() - 30_000)));
    await dynamoDb.send(new PutItemCommand(begun(7, Date.now())));
    dynamoDb.destroy();

    expect((await askVendor("/ledger")).body["open"]).toEqual([deviceAt(7).macAddress]);
    expect((await askVendor("/ledger/summary")).body).toMatchObject({ calls: 2, open: 1 });
  });
});

// The function needs its vendor's URL before it starts, but the Lambda behind that URL is known only afterwards.
let vendorLambda = "";
const vendorDoor = await startHttpApi({ lambdaUrl: () => vendorLambda, functionName: "VendorFunction" });
afterAll(() => vendorDoor.close());

describe("08: its functions on their own", () => {
  const chapter = useChapter(import.meta.dirname, {
    environment: { VENDOR_URL: vendorDoor.url },
    front: asFunction(key("api")),
  });

  it("activates a device at a vendor that asks for a key", async () => {
    vendorLambda = chapter.running.lambdaUrl;
    const { status, body } = await chapter.activate(1);
    expect(status).toBe(202);

    await chapter.becomes("active", body["eventId"]);
    const ledger = await fetch(new URL("/ledger", vendorDoor.url), { headers: key("vendor") });
    const { provisionings } = (await ledger.json()) as { provisionings: object };
    // More than once if the vendor's first environment took longer to start than the function waits for it.
    expect(Object.keys(provisionings)).toEqual([deviceAt(1).macAddress]);
    // The simulator's process, which runs as well, was not called.
    expect(await chapter.vendorCalls(1)).toBe(0);
  });
});
