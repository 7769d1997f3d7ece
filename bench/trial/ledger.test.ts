import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { balance } from "./ledger.ts";
import type { Evidence } from "./ledger.ts";

const eventId = (index: number) => `event-${index}`;
const mac = (index: number) => deviceAt(index).macAddress;

/** One customer, accepted, whose device works. A case changes some of it. */
function evidence(change: Partial<Evidence> = {}): Evidence {
  return {
    requests: [{ ...deviceAt(0), outcome: "accepted", eventId: eventId(0) }],
    claims: [{ macAddress: mac(0), eventId: eventId(0) }],
    tickets: [{ eventId: eventId(0), status: "active", activatedAtMs: 1_000 }],
    messages: [],
    workedOn: [],
    vendor: { calls: [{ macAddress: mac(0) }], provisionings: { [mac(0)]: 1 }, open: [] },
    warmUpDevices: new Set(),
    ...change,
  };
}

const ticket = (status: string) => ({ tickets: [{ eventId: eventId(0), status }] });
const nothingDone = { vendor: { calls: [], provisionings: {}, open: [] } };
const answered = (outcome: "rejected" | "failed" | "unanswered") => ({
  requests: [{ ...deviceAt(0), outcome }],
});
const inQueue = { messages: [{ eventId: eventId(0), deadLetter: false }] };
const setAside = { messages: [{ eventId: eventId(0), deadLetter: true }] };

describe("what can become of a request", () => {
  it.each<[string, Partial<Evidence>, string, object]>([
    ["active", {}, "activated", { accepted: 1, activated: 1 }],
    [
      "asked again, active",
      { requests: [{ ...deviceAt(0), outcome: "repeated", eventId: eventId(0) }] },
      "activated",
      { accepted: 0, repeated: 1, activated: 1 },
    ],
    ["active, a copy still queued", inQueue, "activated", { activated: 1, waiting: 0 }],
    ["active, a copy set aside", setAside, "activated", { activated: 1, deadLettered: 0 }],
    [
      "accepted, its message queued",
      { ...ticket("accepted"), ...nothingDone, ...inQueue },
      "waiting",
      { waiting: 1 },
    ],
    [
      "failed once, but queued",
      { ...ticket("failed"), ...nothingDone, ...inQueue },
      "waiting",
      { waiting: 1 },
    ],
    ["set aside", { ...ticket("failed"), ...nothingDone, ...setAside }, "deadLettered", { deadLettered: 1 }],
    ["failed, no message", { ...ticket("failed"), ...nothingDone }, "gaveUp", { gaveUp: 1 }],
    ["accepted, no message", { ...ticket("accepted"), ...nothingDone }, "lost", { lost: 1, orphaned: 0 }],
    ["provisioning, no message", { ...ticket("provisioning"), ...nothingDone }, "lost", { lost: 1 }],
    ["accepted, no ticket at all", { tickets: [], ...nothingDone }, "lost", { lost: 1 }],
    ["lost, but the vendor did it", ticket("accepted"), "lost", { lost: 1, orphaned: 1 }],
    [
      "cut off, nothing done",
      { ...answered("unanswered"), tickets: [], ...nothingDone },
      "refused",
      { unanswered: 1 },
    ],
    ["cut off, but active", answered("unanswered"), "refused", { unanswered: 1, activated: 0, orphaned: 1 }],
    ["an error, provisioned", { ...answered("failed"), tickets: [] }, "refused", { failed: 1, orphaned: 1 }],
    [
      "rejected",
      { ...answered("rejected"), claims: [], tickets: [], ...nothingDone },
      "refused",
      { rejected: 1 },
    ],
    [
      "provisioned twice",
      {
        vendor: {
          calls: [{ macAddress: mac(0) }, { macAddress: mac(0) }],
          provisionings: { [mac(0)]: 2 },
          open: [],
        },
      },
      "activated",
      { doubled: 1, activated: 1, vendorCalls: 2 },
    ],
  ])("%s", (_name, change, fate, entries) => {
    const found = balance(evidence(change));

    expect(found.imbalances).toEqual([]);
    expect(found.fates.map((each) => each.fate)).toEqual([fate]);
    expect(found.entries).toMatchObject({ sent: 1, ...entries });
  });
});

describe("what can't be true", () => {
  const active = { eventId: eventId(0), status: "active", activatedAtMs: 1 };
  it.each<[string, Partial<Evidence>, string]>([
    ["active, never provisioned", nothingDone, `${mac(0)} is active, but the vendor never provisioned it`],
    [
      "active for one who was cut off, never provisioned",
      { ...answered("unanswered"), ...nothingDone },
      `${mac(0)} is active, but the vendor never provisioned it`,
    ],
    [
      "another eventId in the inventory",
      { claims: [{ macAddress: mac(0), eventId: "other" }] },
      `c-1 was told event-0, but the inventory has other for ${mac(0)}`,
    ],
    [
      "no row in the inventory",
      { claims: [] },
      `c-1 was told event-0, but the inventory has no activation for ${mac(0)}`,
    ],
    [
      "active since an unknown moment",
      { tickets: [{ eventId: eventId(0), status: "active" }] },
      `c-1: ${mac(0)} is active, but its row does not say since when`,
    ],
    [
      "a message about nothing",
      { messages: [{ eventId: "garbage", deadLetter: true }] },
      "a message set aside is about garbage, which no device has",
    ],
    [
      "a device nobody asked for",
      { vendor: { calls: [], provisionings: { [mac(0)]: 1, [mac(9)]: 1 }, open: [] } },
      `the vendor provisioned ${mac(9)}, which no customer asked for`,
    ],
    [
      "a wrong answer",
      {
        requests: [
          { ...deviceAt(0), outcome: "accepted", eventId: eventId(0), problem: "answer 202 is odd" },
        ],
      },
      "c-1: answer 202 is odd",
    ],
    [
      "an acceptance without an eventId",
      { requests: [{ ...deviceAt(0), outcome: "accepted", problem: "no eventId" }] },
      "accepted 1, but fates 0",
    ],
    [
      "the same device twice",
      { requests: [0, 0].map(() => ({ ...deviceAt(0), outcome: "accepted", eventId: eventId(0) })) },
      `${mac(0)} was asked for twice, but every customer has a device`,
    ],
    [
      "read while the vendor worked",
      { vendor: { calls: [], provisionings: { [mac(0)]: 1 }, open: [mac(0)] } },
      `the vendor still works on ${mac(0)}`,
    ],
    [
      "read while a function worked",
      { workedOn: [eventId(0)], tickets: [active] },
      "a function still works on event-0",
    ],
  ])("%s", (_name, change, imbalance) => {
    expect(balance(evidence(change)).imbalances).toContain(imbalance);
  });
});

it("leaves the warm-up's devices out, wherever they are", () => {
  const calls = [{ macAddress: mac(0) }, { macAddress: mac(2_999) }];
  const found = balance(
    evidence({
      claims: [...evidence().claims, { macAddress: mac(2_999), eventId: "warm" }],
      tickets: [...evidence().tickets, { eventId: "warm", status: "active", activatedAtMs: 1 }],
      vendor: { calls, provisionings: { [mac(0)]: 1, [mac(2_999)]: 2 }, open: [] },
      warmUpDevices: new Set([mac(2_999)]),
    }),
  );

  expect(found.imbalances).toEqual([]);
  expect(found.entries).toMatchObject({ sent: 1, activated: 1, doubled: 0, orphaned: 0, vendorCalls: 1 });
});
