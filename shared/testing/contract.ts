import path from "node:path";
import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import type { TestedParts } from "#shared/stage/tested-chapter.ts";
import { asksFor, useChapter } from "#shared/testing/chapter.ts";
import type { Answer } from "#shared/testing/chapter.ts";
import { malformed, rightAddresses, troubles, wrongAddresses } from "#shared/testing/contract-cases.ts";

// Each row of the contract that is about repeats or troubles takes a device of its own, from here on.
const firstDevice = 500;

/**
 * The API's contract, row by row, against the running processes of the chapter in `folder`, or whatever `through` puts
 * in place of its API.
 */
export function testContract(folder: string, through?: (parts: TestedParts) => Promise<TestedParts>): void {
  const number = path.basename(folder).slice(0, 2);
  const isFrom = (first: string) => number >= first;
  const accepted = isFrom("02") ? 202 : 201;
  let nextDevice = firstDevice;
  const newDevice = () => nextDevice++;

  describe(`the API's contract${through === undefined ? "" : ", as a function"}`, () => {
    const chapter = useChapter(folder, {}, through);

    it.each(malformed)("answers $status to $name", async ({ status, init, says }) => {
      const answer = await chapter.request("/activations", init);

      expectProblem(answer, status);
      expect(answer.body["detail"]).toMatch(says);
    });

    it.each(wrongAddresses)("answers 400 to the MAC address %j", async (macAddress) => {
      const answer = await chapter.request("/activations", asksFor({ customerId: "c-1", macAddress }));

      expectProblem(answer, 400);
      expect(answer.body["errors"]).toEqual([
        {
          field: "macAddress",
          expected: expect.stringContaining("00-00-5E-10-00-00-00-00"),
          got: expect.any(String),
        },
      ]);
    });

    it.each(rightAddresses)("takes %j for the device that it is", async (macAddress) => {
      const { body } = await chapter.request("/activations", asksFor({ customerId: "c-172", macAddress }));

      expect(body).toMatchObject({ macAddress: deviceAt(171).macAddress });
    });

    it("answers 404 to a device that the inventory does not know, in EUI-48 too", async () => {
      const unknown = ["02-00-00-00-00-01", "02-00-00-00-00-00-00-01"];

      for (const macAddress of unknown) {
        const answer = await chapter.request("/activations", asksFor({ customerId: "c-1", macAddress }));
        expectProblem(answer, 404);
        expect(answer.body["detail"]).toContain(macAddress);
      }
    });

    it("answers 409 to another customer's device, and does nothing", async () => {
      const index = newDevice();
      const { macAddress } = deviceAt(index);

      expectProblem(await chapter.request("/activations", asksFor({ customerId: "c-1", macAddress })), 409);

      expect(await chapter.vendorCalls(index)).toBe(0);
    });

    it("answers 404 to what it does not have", async () => {
      expectProblem(await chapter.request("/no/such/thing"), 404);
      expectProblem(await chapter.request("/activations/7885ca34-f3ff-4575-b062-da50e9ae746a"), 404);
    });

    it(`answers ${accepted} once, then 200 with the same eventId`, async () => {
      const index = newDevice();

      const first = await chapter.activate(index);
      const second = await chapter.activate(index);

      expect(first.status).toBe(accepted);
      expect(second.status).toBe(200);
      expect(second.body["eventId"]).toBe(first.body["eventId"]);
    });

    it("gives two requests at the same moment the same eventId", async () => {
      const index = newDevice();

      const answers = await Promise.all([chapter.activate(index), chapter.activate(index)]);

      expect(new Set(answers.map(({ body }) => body["eventId"])).size).toBe(1);
      expect(answers.every(({ status }) => status < 300)).toBe(true);
    });

    it.runIf(isFrom("02"))("hands out a ticket that says where to ask and when", async () => {
      const index = newDevice();

      const { status, headers, body } = await chapter.activate(index);

      expect(status).toBe(202);
      expect(headers.get("location")).toBe(`/activations/${String(body["eventId"])}`);
      expect(headers.get("retry-after")).toBe("1");
      const { macAddress } = deviceAt(index);
      const ticket = { eventId: expect.any(String), macAddress, acceptedAtMs: expect.any(Number) };
      expect(body).toMatchObject(ticket);
      const active = await chapter.becomes("active", body["eventId"]);
      expect(active.body).toEqual({ ...ticket, status: "active", activatedAtMs: expect.any(Number) });
    });

    it.each(troubles)("keeps its word when $name", async ({ answers, begin, end }) => {
      const expected = answers[isFrom("03") ? "03 on" : number === "02" ? "02" : "01"];
      const index = newDevice();

      await begin(chapter);
      try {
        expectAnswer(await chapter.activate(index), expected);
      } finally {
        await end(chapter);
      }
    });

    it("keeps the eventId when a request that failed half-way is repeated", async () => {
      const index = newDevice();
      await chapter.table.refuse(true);
      const refused = await chapter.activate(index);
      await chapter.table.refuse(false);

      const repeated = await chapter.activate(index);
      const again = await chapter.activate(index);

      expect([refused.status, repeated.status, again.status]).toEqual([503, accepted, 200]);
      expect(again.body["eventId"]).toBe(repeated.body["eventId"]);
    });
  });
}

function expectAnswer(answer: Answer, expected: number): void {
  if (expected >= 400) {
    expectProblem(answer, expected);
  }
  expect(answer.status).toBe(expected);
}

function expectProblem({ status, headers, body }: Answer, expected: number): void {
  expect(body).toMatchObject({ type: "about:blank", title: expect.any(String), status: expected });
  expect(status).toBe(expected);
  expect(headers.get("content-type")).toContain("application/problem+json");
  // What was expected, what came, what to do: and never where in our code.
  expect(body["detail"]).toMatch(/expected/i);
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\bat \S+ \(|\.ts:\d/);
}
