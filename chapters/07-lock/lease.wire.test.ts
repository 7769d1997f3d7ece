import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useChapter } from "#shared/testing/chapter.ts";
import { createLeases, LeaseHeldError } from "./lease.ts";
import { createTickets } from "./tickets.ts";

const activation = { macAddress: "00-00-5E-10-00-00-00-00" };

describe("a lease", () => {
  const chapter = useChapter(import.meta.dirname, { consumers: false });
  let tickets: ReturnType<typeof createTickets>;
  let leases: ReturnType<typeof createLeases>;
  let eventId: string;

  beforeEach(() => {
    Object.entries(chapter.running.environment).forEach(([name, value]) => vi.stubEnv(name, value));
    const table = {
      // Without the chapters' timeouts: twenty at once may take longer than a second on a busy machine.
      dynamoDb: DynamoDBDocumentClient.from(new DynamoDBClient()),
      tableName: chapter.running.outputs["ACTIVATIONS_TABLE"] ?? "",
    };
    tickets = createTickets(table);
    leases = createLeases(table);
    eventId = crypto.randomUUID();
  });
  afterEach(() => vi.unstubAllEnvs());

  const lease = (owner: string, expiresAtMs = Date.now() + 60_000) => ({
    ...activation,
    eventId,
    owner,
    expiresAtMs,
  });
  const status = async () => (await tickets.read(eventId))?.status;

  it("is taken by one of twenty that ask at the same moment", async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => leases.acquire(lease(`owner-${index}`))),
    );

    expect(answers.filter((answer) => answer.status === "fulfilled").map(({ value }) => value)).toEqual([
      "taken",
    ]);
    const reasons = answers.filter((answer) => answer.status === "rejected").map(({ reason }) => reason);
    expect(reasons.every((reason) => reason instanceof LeaseHeldError)).toBe(true);
  });

  it("is free on an accepted ticket, held until it ends, and taken over afterwards", async () => {
    await tickets.accept({ ...activation, eventId });
    const untilMs = Date.now() + 60_000;

    expect(await leases.acquire(lease("a", untilMs))).toBe("taken");
    await expect(leases.acquire(lease("b"))).rejects.toMatchObject({ name: "LeaseHeldError", untilMs });
    vi.spyOn(Date, "now").mockReturnValue(untilMs);
    await expect(leases.acquire(lease("b"))).rejects.toThrow(LeaseHeldError);
    vi.spyOn(Date, "now").mockReturnValue(untilMs + 1);
    expect(await leases.acquire(lease("b", untilMs + 60_000))).toBe("taken");
  });

  it("is released by its owner, and free again", async () => {
    await leases.acquire(lease("a"));
    await leases.release(lease("a"), "accepted");

    expect(await status()).toBe("accepted");
    expect(await leases.acquire(lease("b"))).toBe("taken");
  });

  it("is not released by an owner whose lease was taken over", async () => {
    await leases.acquire(lease("a", Date.now() - 1));
    await leases.acquire(lease("b"));
    await leases.release(lease("a"), "failed");

    expect(await status()).toBe("provisioning");
    await expect(leases.acquire(lease("c"))).rejects.toThrow(LeaseHeldError);
  });

  it("is done once the device works, and nothing takes that back", async () => {
    await leases.acquire(lease("a"));
    await tickets.activate({ ...activation, eventId });
    await leases.release(lease("a"), "failed");

    expect(await leases.acquire(lease("b"))).toBe("done");
    await tickets.accept({ ...activation, eventId });
    expect(await status()).toBe("active");
  });
});
