import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { untilNot503 } from "#shared/testing/chapter.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { ChapterOptions } from "#shared/run/start-chapter.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { hasPostgres, readEvidence } from "#shared/local-postgres/postgres.testing.ts";

describe.skipIf(!hasPostgres)("lab-relational: connections", () => {
  /** Sends `customers` requests at once and waits until `atLeast` devices work. Tells how often PostgreSQL had no connection. */
  const rush = async (customers: number, atLeast: number, options: Partial<ChapterOptions>) => {
    const running = await startChapter({
      folder: import.meta.dirname,
      devices: customers,
      weather: { medianMs: 400, p99Ms: 400, capacity: 100 },
      ...options,
    });
    try {
      const url = `${running.apiUrl}/activations`;
      const answers = await Promise.all(
        Array.from({ length: customers }, (_, index) =>
          untilNot503(() => fetch(url, asksFor(deviceAt(index)))),
        ),
      );
      // 200: the customer had got a 503, asked again, and the ticket was there by then.
      const accepted = answers.filter(({ status }) => status === 202 || status === 200).length;
      // Asks the vendor and not the store, since reading the database takes a connection too.
      await eventually(
        async () => {
          const { provisionings } = await running.vendor.ledger();
          expect(Object.keys(provisionings).length).toBeGreaterThanOrEqual(atLeast);
        },
        { everyMs: 100 },
      );
      const seen = await eventually(async () => {
        const found = await readEvidence(running.storeUrl);
        const active = found.tickets.filter(({ status }) => status === "active").length;
        expect(active).toBeGreaterThanOrEqual(atLeast);
        return found;
      });
      const { queues } = (await (await fetch(`${running.inspectUrl}/`)).json()) as {
        queues: { messages: { body: string }[] }[];
      };
      const kept = queues.flatMap(({ messages }) => messages.map(({ body }) => JSON.parse(body).eventId));
      return { accepted, seen, kept };
    } finally {
      await running.stop();
    }
  };

  it.each(["environment", "invocation"])(
    "suffice for five environments, with one for each %s",
    async (per) => {
      const { accepted, seen } = await rush(40, 40, { parameters: { ConnectionPer: per } });

      expect(accepted).toBe(40);
      expect(seen.connectionsRefused).toBe(0);
    },
  );

  it("run out when the function scales out beyond them, and what was accepted is done or still queued", async () => {
    const { seen, kept } = await rush(80, 20, { maximumConcurrency: 20 });

    expect(seen.connectionsRefused).toBeGreaterThan(0);
    const known = new Set(kept);
    const forgotten = seen.tickets.filter(
      ({ status, eventId }) => status !== "active" && status !== "provisioning" && !known.has(eventId),
    );
    expect(forgotten).toEqual([]);
  });
});
