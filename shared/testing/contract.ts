import path from "node:path";
import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { invokesFunction } from "#shared/run/running-chapter.ts";
import { asksFor } from "#shared/stage/stage.ts";
import type { Answer, Stage, StageOptions } from "#shared/stage/stage.ts";
import { useChapter } from "#shared/testing/chapter.ts";

// Each row of the contract that is about repeats or troubles takes a device of its own, from here on.
const firstDevice = 500;

/**
 * The API's contract, row by row, against the running processes of the chapter in `folder`, or what `front` puts in place
 * of its API.
 */
export function testContract(folder: string, front?: StageOptions["front"]): void {
  const number = path.basename(folder).slice(0, 2);
  const isFrom = (first: string) => number >= first;
  const accepted = isFrom("02") ? 202 : 201;
  let nextDevice = firstDevice;
  const newDevice = () => nextDevice++;

  describe(`the API's contract${front === undefined ? "" : ", as a function"}`, () => {
    const chapter = useChapter(folder, front && { front });

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

const rightBody = { customerId: "c-1", macAddress: "00-00-5E-10-00-00-00-00" };

interface MalformedRequest {
  name: string;
  status: 400 | 413 | 415;
  init: RequestInit;
  /** What the answer's sentence must speak of. */
  says: RegExp;
}

const post = (body: string, contentType = "application/json") => ({
  method: "POST",
  headers: { "content-type": contentType },
  body,
});

/** Requests that are wrong before any device is looked up. */
const malformed: MalformedRequest[] = [
  { name: "JSON that breaks off", status: 400, init: post('{"customerId": "c-1",'), says: /JSON/ },
  { name: "an empty body", status: 400, init: post(""), says: /customerId|object/ },
  { name: "a list", status: 400, init: asksFor([rightBody]), says: /object/ },
  { name: "a bare string", status: 400, init: asksFor("c-1"), says: /JSON/ },
  {
    name: "no customerId",
    status: 400,
    init: asksFor({ ...rightBody, customerId: undefined }),
    says: /customerId/,
  },
  {
    name: "a number as customerId",
    status: 400,
    init: asksFor({ ...rightBody, customerId: 1 }),
    says: /customerId.*got 1/,
  },
  {
    name: "an empty customerId",
    status: 400,
    init: asksFor({ ...rightBody, customerId: "" }),
    says: /customerId/,
  },
  {
    name: "a customerId of 65 characters",
    status: 400,
    init: asksFor({ ...rightBody, customerId: "c".repeat(65) }),
    says: /64/,
  },
  {
    name: "no macAddress",
    status: 400,
    init: asksFor({ customerId: "c-1" }),
    says: /macAddress.*got nothing/,
  },
  {
    name: "null as macAddress",
    status: 400,
    init: asksFor({ ...rightBody, macAddress: null }),
    says: /macAddress.*null/,
  },
  {
    name: "a list as macAddress",
    status: 400,
    init: asksFor({ ...rightBody, macAddress: [] }),
    says: /macAddress/,
  },
  {
    name: "a field that nobody asked for",
    status: 400,
    init: asksFor({ ...rightBody, eventId: "x" }),
    says: /eventId/,
  },
  {
    name: "a body of 1 MB",
    status: 413,
    init: asksFor({ ...rightBody, note: "x".repeat(1e6) }),
    says: /10 KiB/,
  },
  {
    name: "a form",
    status: 415,
    init: post("customerId=c-1", "application/x-www-form-urlencoded"),
    says: /form/,
  },
  {
    name: "plain text",
    status: 415,
    init: post(JSON.stringify(rightBody), "text/plain"),
    says: /text\/plain/,
  },
  {
    name: "JSON in another alphabet's encoding",
    status: 415,
    init: post(JSON.stringify(rightBody), "application/json; charset=koi8-r"),
    says: /koi8-r/i,
  },
];

/** Every way in which people get a MAC address wrong. */
const wrongAddresses = [
  "",
  " ",
  "00-00-5E-10-00-00-00",
  "00-00-5E-10-00-00-00-00-00",
  "00-00-5E-10-00",
  "00-00-5E-10-00-00-00-0G",
  "00-00-5E-10-00-00-00-0",
  "00-00-5E:10:00:00:00:00",
  "00-00-5E-10.0000.0000",
  "0000-5E10-0000-0000",
  "00 00 5E 10 00 00 00 00",
  "0x00005E1000000000",
  "00005E100000000",
  "0000.5e10.0000.000",
  "--00-00-5E-10-00-00",
  "00-00-5E-10-00-00-00-00\n00",
  "００-00-5E-10-00-00-00-00",
  "printer-in-the-hall",
];

/** The usual notations of one device, `deviceAt(171)`. */
const rightAddresses = [
  "00-00-5E-10-00-00-00-AB",
  "00-00-5e-10-00-00-00-ab",
  "00:00:5E:10:00:00:00:AB",
  "00:00:5e:10:00:00:00:ab",
  "0000.5e10.0000.00ab",
  "00005E10000000AB",
  " 00-00-5E-10-00-00-00-AB ",
];

interface FailingDependency {
  name: string;
  /** 02 answers before it asks the vendor; from 03 on it must have sent the message, too. */
  answers: Record<"01" | "02" | "03 on", number>;
  begin: (chapter: Stage) => Promise<unknown>;
  end: (chapter: Stage) => Promise<unknown>;
}

const vendorThat = (
  answer: "fail" | "refuse" | "hang" | "disconnect",
  status: number,
): FailingDependency => ({
  name: `the vendor's answer is "${answer}"`,
  answers: { "01": status, "02": 202, "03 on": 202 },
  begin: ({ running }) => running.vendor.setWeather({ answer }),
  end: ({ running }) => running.vendor.setWeather({ answer: "normal" }),
});

/** Before the queue that keeps the work: SQS's, or the one inside of Lambda where the API invokes a function. */
const workProxy = ({ running, sqs, lambda }: Stage) => (invokesFunction(running) ? lambda : sqs);

/** What the API depends on fails, one thing at a time. */
const troubles: FailingDependency[] = [
  vendorThat("fail", 502),
  vendorThat("refuse", 502),
  vendorThat("disconnect", 502),
  vendorThat("hang", 504),
  {
    name: "the table can't be reached",
    answers: { "01": 503, "02": 503, "03 on": 503 },
    begin: ({ table }) => table.refuse(true),
    end: ({ table }) => table.refuse(false),
  },
  {
    name: "the table gives no answer",
    answers: { "01": 503, "02": 503, "03 on": 503 },
    begin: async ({ table }) => table.hang(true),
    end: async ({ table }) => table.hang(false),
  },
  {
    name: "the queue can't be reached",
    answers: { "01": 201, "02": 202, "03 on": 503 },
    begin: (chapter) => workProxy(chapter).refuse(true),
    end: (chapter) => workProxy(chapter).refuse(false),
  },
  {
    name: "the queue gives no answer",
    answers: { "01": 201, "02": 202, "03 on": 503 },
    begin: async (chapter) => workProxy(chapter).hang(true),
    end: async (chapter) => workProxy(chapter).hang(false),
  },
];
