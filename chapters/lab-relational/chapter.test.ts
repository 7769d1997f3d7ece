import { get } from "node:http";
import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { startEnvironments, usedUp, useChapter } from "#shared/testing/chapter.ts";
import { testContract } from "#shared/testing/contract.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { createDatabase } from "./database.ts";
import { hasPostgres, postgresOf, readEvidence } from "#shared/local-postgres/postgres.testing.ts";

describe.skipIf(!hasPostgres)("lab-relational: the lease is a row of PostgreSQL", () => {
  const chapter = useChapter(import.meta.dirname, { consumers: true });
  const storePid = () => chapter.running.processes().find(({ name }) => name === "store")?.pid;

  it("is as exact as a conditional write: of two copies at the same moment, one calls the vendor", async () => {
    await startEnvironments(chapter, 2);
    const invocations = async () => (await chapter.inspect()).functions[0]?.invocations ?? 0;
    const before = await invocations();
    await chapter.running.vendor.setWeather({ hold: true });
    await chapter.running.aws.deliverTwice(1, [0]);
    const { body } = await chapter.activate(0);
    await chapter.openCall(0);
    await eventually(async () => (await invocations()) >= before + 2);
    await chapter.running.vendor.setWeather({ hold: false });
    await chapter.running.aws.deliverTwice(0, []);

    await chapter.becomes("active", body["eventId"]);
    await eventually(async () => {
      const { queues } = await chapter.inspect();
      expect(queues.map(({ visible, inFlight }) => visible + inFlight)).toEqual([0, 0]);
    });
    expect(await chapter.vendorCalls(0)).toBe(1);
  });

  it("takes over from a killed function once its lease has ended", async () => {
    await chapter.running.vendor.setWeather({ hold: true });
    const { body } = await chapter.activate(1);
    await chapter.openCall(1);
    await chapter.running.kill("function");
    await chapter.running.vendor.setWeather({ hold: false });

    await chapter.becomes("active", body["eventId"]);
  });

  it("writes ticket and inventory in one transaction: both say the same", async () => {
    const { body } = await chapter.activate(2);
    const { body: ticket } = await chapter.becomes("active", body["eventId"]);

    const database = createDatabase({
      url: chapter.running.environment["DATABASE_URL"] ?? "",
      connections: 1,
    });
    const { rows } = await database.query(
      "SELECT event_id, activated_at_ms FROM devices WHERE mac_address = $1",
      [deviceAt(2).macAddress],
    );
    await database.end();
    expect(rows).toEqual([{ event_id: body["eventId"], activated_at_ms: String(ticket["activatedAtMs"]) }]);
  });

  it("loses nothing when PostgreSQL is killed: it comes back, and so does the work", async () => {
    await chapter.running.vendor.setWeather({ hold: true });
    const { body } = await chapter.activate(3);
    await chapter.openCall(3);
    const { pid } = postgresOf(storePid());

    process.kill(pid, "SIGKILL");
    await chapter.running.vendor.setWeather({ hold: false });

    await chapter.becomes("active", body["eventId"]);
    expect(postgresOf(storePid()).pid).not.toBe(pid);
    const again = await eventually(() => chapter.activate(3));
    expect(again.body).toMatchObject({ eventId: body["eventId"], status: "active" });
  });

  it("shows who claimed what, to this machine only", async () => {
    const { claims, tickets } = await readEvidence(chapter.running.storeUrl);
    const foreign = await new Promise<number | undefined>((resolve, reject) => {
      const asked = get(
        chapter.running.storeUrl ?? "",
        { headers: { host: "example.com" } },
        ({ statusCode }) => resolve(statusCode),
      );
      asked.once("error", reject);
    });

    const claimed = claims.map(({ macAddress }) => macAddress);
    expect(claimed.toSorted()).toEqual([0, 1, 2, 3, ...usedUp(2)].map((index) => deviceAt(index).macAddress));
    expect(tickets.map(({ eventId }) => eventId).toSorted()).toEqual(
      claims.map(({ eventId }) => eventId).toSorted(),
    );
    expect(tickets.every(({ status, activatedAtMs = 0 }) => status === "active" && activatedAtMs > 0)).toBe(
      true,
    );
    expect(foreign).toBe(403);
  });

  testContract(chapter, import.meta.dirname);
});
