import { afterEach, beforeEach, expect, test } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { vendorControl } from "./control.ts";
import type { VendorControl } from "./control.ts";
import { startVendor } from "./server.ts";
import type { Vendor } from "./server.ts";

const [first, second, third, fourth] = [0, 1, 2, 3].map((index) => deviceAt(index).macAddress) as [
  string,
  string,
  string,
  string,
];
const key = (value: string) => ({ "idempotency-key": value });

let vendor: Vendor;
let control: VendorControl;

beforeEach(async () => {
  vendor = await startVendor({ weather: { medianMs: 1, p99Ms: 1 } });
  control = vendorControl(vendor.url);
});
afterEach(() => vendor.close());

function provision(
  macAddress: string,
  headers: Record<string, string> = {},
  signal: AbortSignal | null = null,
) {
  return fetch(`${vendor.url}/provisionings`, {
    method: "POST",
    headers,
    signal,
    body: JSON.stringify({ macAddress }),
  });
}
const outcomes = async () => (await control.ledger()).calls.map(({ outcome }) => outcome);

test("a call provisions its device, and the ledger shows it", async () => {
  const response = await provision(first, key('"k-1"'));

  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ provisioningId: expect.any(String), macAddress: first });
  const call = { macAddress: first, idempotencyKey: "k-1", outcome: "provisioned" };
  expect(await control.ledger()).toEqual({
    calls: [{ ...call, startedAtMs: expect.any(Number), endedAtMs: expect.any(Number) }],
    provisionings: { [first]: 1 },
    open: [],
  });
  expect(await control.summary()).toEqual({ calls: 1, provisioned: 1, doubled: 0, open: 0, inLine: 0 });
});

test("serves up to its capacity at the same time, lets more wait in line, and turns the next away", async () => {
  await control.setWeather({ capacity: 2, line: 1, hold: true });
  const answers = [first, second].map((device) => provision(device));
  await eventually(async () => expect((await control.openCalls()).toSorted()).toEqual([first, second]));
  answers.push(provision(third));
  await eventually(async () => expect(await control.summary()).toMatchObject({ open: 2, inLine: 1 }));

  const refused = await provision(fourth);

  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("1");
  await control.setWeather({ hold: false });
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(await control.summary()).toEqual({ calls: 4, provisioned: 3, doubled: 0, open: 0, inLine: 0 });
});

test("an outage answers 503 at once, and ends when the weather changes", async () => {
  await control.setWeather({ outage: true });
  expect((await provision(first)).status).toBe(503);

  await control.setWeather({ outage: false });
  expect((await provision(first)).status).toBe(201);
  expect(await outcomes()).toEqual(["outage", "provisioned"]);
});

test("a poison device fails every time, the others don't", async () => {
  await control.setWeather({ poison: [second] });

  const responses = [await provision(second), await provision(first), await provision(second)];

  expect(responses.map(({ status }) => status)).toEqual([500, 201, 500]);
  expect((await control.ledger()).provisionings).toEqual({ [first]: 1 });
});

test.each([
  ["fail", 500, "failed", {}],
  ["refuse", 429, "refused", {}],
] as const)("the weather `answer: %s` gives %i", async (answer, status, outcome, provisionings) => {
  await control.setWeather({ answer });

  expect((await provision(first)).status).toBe(status);
  expect(await control.ledger()).toMatchObject({ calls: [{ outcome }], provisionings });
});

test("provisions the device even if the connection is cut", async () => {
  await control.setWeather({ answer: "disconnect" });

  await expect(provision(first)).rejects.toThrow("fetch failed");
  expect(await control.ledger()).toMatchObject({
    calls: [{ outcome: "disconnected" }],
    provisionings: { [first]: 1 },
  });
});

test("a call that hangs stays open until its caller leaves, and provisions nothing", async () => {
  await control.setWeather({ answer: "hang", capacity: 1 });
  const impatience = new AbortController();
  const silent = provision(first, {}, impatience.signal);
  await eventually(async () => expect(await control.openCalls()).toEqual([first]));

  impatience.abort();

  await expect(silent).rejects.toThrow("aborted");
  await eventually(async () => expect(await control.summary()).toMatchObject({ open: 0, provisioned: 0 }));
  expect(await outcomes()).toEqual(["hung"]);
  await control.setWeather({ answer: "normal" });
  expect((await provision(first)).status).toBe(201);
});

test("a call that has begun runs to its end even if its caller left; one in line is dropped", async () => {
  await control.setWeather({ capacity: 1, hold: true });
  const impatience = new AbortController();
  const begun = provision(first, {}, impatience.signal);
  await eventually(async () => expect(await control.openCalls()).toEqual([first]));
  const inLine = provision(second, {}, impatience.signal);
  await eventually(async () => expect(await control.summary()).toMatchObject({ inLine: 1 }));

  impatience.abort();
  await Promise.allSettled([begun, inLine]);
  await eventually(async () => expect(await control.summary()).toMatchObject({ inLine: 0, open: 1 }));
  await control.setWeather({ hold: false });

  expect(await outcomes()).toEqual(["provisioned", "left"]);
  expect((await control.ledger()).provisionings).toEqual({ [first]: 1 });
});

test("an honoured key joins the running call and remembers its success", async () => {
  await control.setWeather({ honoursIdempotencyKey: true, hold: true });
  const both = [provision(first, key("k-1")), provision(first, key('"k-1"'))];
  await eventually(async () => expect((await control.ledger()).calls).toHaveLength(2));
  await control.setWeather({ hold: false });

  const answers = [...(await Promise.all(both)), await provision(first, key("k-1"))];

  const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as { provisioningId: string }[];
  expect(new Set(bodies.map(({ provisioningId }) => provisioningId)).size).toBe(1);
  expect(await outcomes()).toEqual(["provisioned", "joined", "remembered"]);
  expect(await control.summary()).toMatchObject({ provisioned: 1, doubled: 0 });
  expect((await provision(second, key("k-1"))).status).toBe(422);
  await control.setWeather({ honoursIdempotencyKey: false });
  expect((await provision(first, key("k-1"))).status).toBe(201);
  expect(await control.summary()).toMatchObject({ provisioned: 2, doubled: 1 });
});

test("an honoured key does not remember a failure", async () => {
  await control.setWeather({ honoursIdempotencyKey: true, answer: "fail" });
  expect((await provision(first, key("k-1"))).status).toBe(500);

  await control.setWeather({ answer: "normal" });
  expect((await provision(first, key("k-1"))).status).toBe(201);
});

test("an ignored key changes nothing: the device is provisioned twice", async () => {
  await Promise.all([provision(first, key("k-1")), provision(first, key("k-1"))]);

  expect(await control.summary()).toMatchObject({ provisioned: 2, doubled: 1 });
});

test.each([
  ["no JSON", "POST", "/provisionings", "{", 400],
  ["no address", "POST", "/provisionings", "{}", 400],
  ["an address in another form", "POST", "/provisionings", '{"macAddress":"00:00:5e:10:00:00:00:00"}', 400],
  ["something unknown beside it", "POST", "/provisionings", `{"macAddress":"${first}","x":1}`, 400],
  ["a body of 1 MB", "POST", "/provisionings", " ".repeat(1_000_000), 413],
  ["an unknown property of the weather", "PATCH", "/weather", '{"rain":true}', 400],
  ["a weather that is a list", "PATCH", "/weather", "[]", 400],
  ["an unknown address", "POST", "/constructor", "{}", 404],
])("%s is refused with a problem, and nothing happens", async (_what, method, path, body, status) => {
  const before = await control.weather();

  const request = { method, body };
  const response = await fetch(vendor.url + path, request);

  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({
    status,
    detail: expect.stringMatching(/again$|bytes|one of/),
  });
  expect(await control.weather()).toEqual(before);
  expect(await control.summary()).toMatchObject({ calls: 0 });
});

test("a port that is taken is an error", async () => {
  await expect(startVendor({ port: vendor.port })).rejects.toThrow(`Expected port ${vendor.port} to be free`);
});
