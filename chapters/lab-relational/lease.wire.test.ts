import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { useChapter } from "#shared/testing/chapter.ts";
import { createDatabase } from "./database.ts";
import { createLeases, LeaseHeldError } from "./lease.ts";
import { hasPostgres } from "#shared/local-postgres/postgres.testing.ts";
import { createTickets } from "./tickets.ts";

const { macAddress } = deviceAt(0);

describe.skipIf(!hasPostgres)("a lease in PostgreSQL", () => {
  const chapter = useChapter(import.meta.dirname, { consumers: false });
  let database: ReturnType<typeof createDatabase>;
  let tickets: ReturnType<typeof createTickets>;
  let leases: ReturnType<typeof createLeases>;
  let eventId: string;

  beforeAll(() => {
    database = createDatabase({ url: chapter.running.environment["DATABASE_URL"] ?? "", connections: 5 });
    tickets = createTickets({ database });
    leases = createLeases({ database });
  });
  afterAll(() => database.end());
  beforeEach(() => {
    eventId = randomUUID();
  });

  const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
  const lease = (owner: string, expiresAtMs = Date.now() + 60_000) => ({
    macAddress,
    eventId,
    owner,
    expiresAtMs,
  });
  const status = async () => (await tickets.read(eventId))?.status;

  it("is taken by one of twenty that ask at the same moment", async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => leases.acquire(lease(randomUUID()))),
    );

    expect(answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))).toEqual([
      "taken",
    ]);
    const reasons = answers.filter((answer) => answer.status === "rejected").map(({ reason }) => reason);
    expect(reasons.every((reason) => reason instanceof LeaseHeldError)).toBe(true);
  });

  it("is free on an accepted ticket, held until it ends, and taken over afterwards", async () => {
    await tickets.accept({ macAddress, eventId });
    const untilMs = Date.now() + 60_000;

    expect(await leases.acquire(lease(a, untilMs))).toBe("taken");
    await expect(leases.acquire(lease(b))).rejects.toMatchObject({ name: "LeaseHeldError", untilMs });
    vi.spyOn(Date, "now").mockReturnValue(untilMs);
    await expect(leases.acquire(lease(b))).rejects.toThrow(LeaseHeldError);
    vi.spyOn(Date, "now").mockReturnValue(untilMs + 1);
    expect(await leases.acquire(lease(b, untilMs + 60_000))).toBe("taken");
    vi.restoreAllMocks();
  });

  it("is released by its owner, and free again", async () => {
    await leases.acquire(lease(a));
    await leases.release(lease(a), "failed");

    expect(await status()).toBe("failed");
    expect(await leases.acquire(lease(b))).toBe("taken");
  });

  it("is not released by an owner whose lease was taken over", async () => {
    await leases.acquire(lease(a, Date.now() - 1));
    await leases.acquire(lease(b));
    await leases.release(lease(a), "failed");

    expect(await status()).toBe("provisioning");
    await expect(leases.acquire(lease(c))).rejects.toThrow(LeaseHeldError);
  });

  it("is done once the device works, and nothing takes that back", async () => {
    await leases.acquire(lease(a));
    await tickets.activate({ macAddress, eventId });
    await leases.release(lease(a), "failed");

    expect(await leases.acquire(lease(b))).toBe("done");
    await tickets.accept({ macAddress, eventId });
    expect(await status()).toBe("active");
  });

  it("is refused for a device that the inventory does not have", async () => {
    await expect(
      leases.acquire({ ...lease(a), macAddress: "02-00-00-00-00-00-00-01" }),
    ).rejects.toMatchObject({ code: "23503" });
    expect(await status()).toBeUndefined();
  });

  it("leaves no trace of a transaction that fails half-way", async () => {
    const half = database.transaction(async (transaction) => {
      await transaction.query(
        "INSERT INTO activations (event_id, mac_address, status, accepted_at_ms) VALUES ($1, $2, 'accepted', 1)",
        [eventId, macAddress],
      );
      throw new Error("in the middle");
    });

    await expect(half).rejects.toThrow("in the middle");
    expect(await status()).toBeUndefined();
  });
});
