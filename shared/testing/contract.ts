import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { invokesFunction } from "#shared/run/running-chapter.ts";
import { asksFor } from "#shared/stage/stage.ts";
import type { Answer, Stage, StageOptions } from "#shared/stage/stage.ts";
import { askOnce, patient } from "#shared/testing/chapter.ts";

// Each row of the contract about repeats or troubles has its own device, from here on. The file's own tests use those below.
const firstDevices = { process: 190, front: 205 };

/**
 * Tests the API's contract row by row, against the chapter in `folder` that the file has started for its own tests, or against what
 * `front` puts in place of its API. Say it after these tests, which may count what is in the queues: its troubles leave messages that
 * come back.
 */
export function testContract(opened: Stage, folder: string, front?: StageOptions["front"]): void {
  const number = path.basename(folder).slice(0, 2);
  const isFrom = (first: string) => number >= first;
  const accepted = isFrom("02") ? 202 : 201;
  let nextDevice = firstDevices[front === undefined ? "process" : "front"];
  const newDevice = () => nextDevice++;

  describe(`the API's contract${front === undefined ? "" : ", as a function"}`, () => {
    const chapter = useCalmed(opened, front);

    it.each(malformed)("answers %i to %s", async (status, _name, init, says) => {
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

    it.each(rightAddresses)("takes %j as the address of its device", async (macAddress) => {
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

    it("answers 409 for another customer's device, and does nothing", async () => {
      const index = newDevice();
      const { macAddress } = deviceAt(index);

      expectProblem(await chapter.request("/activations", asksFor({ customerId: "c-1", macAddress })), 409);

      expect(await chapter.vendorCalls(index)).toBe(0);
    });

    it("answers 404 for what doesn't exist", async () => {
      expectProblem(await chapter.request("/no/such/thing"), 404);
      expectProblem(await chapter.request("/activations/7885ca34-f3ff-4575-b062-da50e9ae746a"), 404);
      // Longer than a DynamoDB key may be.
      expectProblem(await chapter.request(`/activations/${"7".repeat(2_049)}`), 404);
    });

    // API Gateway decodes it before a function sees it.
    it.runIf(isFrom("02") && front === undefined)("answers 400 to a path that can't be decoded", async () => {
      expectProblem(await chapter.request("/activations/%ff"), 400);
    });

    it(`answers ${accepted} once, then 200 with the same eventId`, async () => {
      const index = newDevice();

      const first = await chapter.activate(index);
      const second = await chapter.activate(index);

      expect(first.status).toBe(accepted);
      expect(second.status).toBe(200);
      expect(second.body["eventId"]).toBe(first.body["eventId"]);
    });

    it("gives two simultaneous requests the same eventId", async () => {
      const index = newDevice();

      const answers = await Promise.all([chapter.activate(index), chapter.activate(index)]);

      expect(new Set(answers.map(({ body }) => body["eventId"])).size).toBe(1);
      expect(answers.every(({ status }) => status < 300)).toBe(true);
    });

    it.runIf(isFrom("02"))("hands out a ticket that says where to ask, and when", async () => {
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

    it.each(troubles)("keeps its promise when $name", async ({ answers, begin, end }) => {
      const expected = answers[isFrom("03") ? "03 on" : number === "02" ? "02" : "01"];
      const index = newDevice();

      await begin(chapter);
      try {
        expectAnswer(await askOnce(chapter, index), expected);
      } finally {
        await end(chapter);
      }
    });

    it("keeps the eventId when a request that failed half-way is repeated", async () => {
      const index = newDevice();
      await chapter.table.refuse(true);
      const refused = await askOnce(chapter, index);
      await chapter.table.refuse(false);

      const repeated = await chapter.activate(index);
      const again = await chapter.activate(index);

      expect([refused.status, repeated.status, again.status]).toEqual([503, accepted, 200]);
      expect(again.body["eventId"]).toBe(repeated.body["eventId"]);
    });
  });
}

/** The stage without what the tests before may have left, such as weather, and with `front` in place of its API. */
function useCalmed(opened: Stage, front: StageOptions["front"]): Stage {
  const stage: Partial<Stage> = {};
  let close = async () => {};
  beforeAll(async () => {
    await opened.calm();
    await opened.running.whenReady();
    if (front === undefined) {
      Object.assign(stage, opened);
      return;
    }
    const standIn = await front(opened.running);
    ({ close } = standIn);
    Object.assign(stage, patient(opened.at(standIn.url)));
  });
  afterAll(() => close());
  // Complete before the first test.
  return stage as Stage;
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
  // What was expected, what came, what to do, and never where in our code.
  expect(body["detail"]).toMatch(/expected/i);
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\bat \S+ \(|\.ts:\d/);
}

const rightBody = { customerId: "c-1", macAddress: "00-00-5E-10-00-00-00-00" };
const right = JSON.stringify(rightBody);

const post = (body: string, contentType = "application/json") => ({
  method: "POST",
  headers: { "content-type": contentType },
  body,
});

const compressed = (body: string) => ({
  ...post(body),
  headers: { "content-type": "application/json", "content-encoding": "gzip" },
});

const askingFor = (change: Record<string, unknown>) => asksFor({ ...rightBody, ...change });

/** Requests that are wrong before any device is looked up, and what the answer's sentence must mention. */
const malformed: [status: 400 | 413 | 415, name: string, init: RequestInit, says: RegExp][] = [
  [400, "JSON that breaks off", post('{"customerId": "c-1",'), /JSON/],
  [400, "an empty body", post(""), /customerId|object/],
  [400, "a list", asksFor([rightBody]), /object/],
  [400, "a bare string", asksFor("c-1"), /JSON/],
  [400, "no customerId", askingFor({ customerId: undefined }), /customerId/],
  [400, "a number as customerId", askingFor({ customerId: 1 }), /customerId.*got 1/],
  [400, "an empty customerId", askingFor({ customerId: "" }), /customerId/],
  [400, "a customerId of 65 characters", askingFor({ customerId: "c".repeat(65) }), /64/],
  [400, "no macAddress", askingFor({ macAddress: undefined }), /macAddress.*got nothing/],
  [400, "null as macAddress", askingFor({ macAddress: null }), /macAddress.*null/],
  [400, "a list as macAddress", askingFor({ macAddress: [] }), /macAddress/],
  [400, "a field that nobody asked for", askingFor({ eventId: "x" }), /eventId/],
  [
    400,
    "a list that is nested 5,000 deep",
    post(`{"macAddress":${"[".repeat(5_000)}${"]".repeat(5_000)}}`),
    /macAddress/,
  ],
  [413, "a body of 1 MB", askingFor({ note: "x".repeat(1e6) }), /10 KiB/],
  [400, "a plain body that is said to be compressed", compressed(right), /Content-Encoding/],
  [415, "a form", post("customerId=c-1", "application/x-www-form-urlencoded"), /form/],
  [415, "plain text", post(right, "text/plain"), /text\/plain/],
  [415, "JSON in another alphabet's encoding", post(right, "application/json; charset=koi8-r"), /koi8-r/i],
];

/** The ways in which people get a MAC address wrong. */
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
  /** 02 answers before it calls the vendor; from 03 on it must have sent the message too. */
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

/** The proxy in front of the queue that keeps the work: SQS's, or Lambda's internal one if the API invokes a function. */
const workProxy = ({ running, sqs, lambda }: Stage) => (invokesFunction(running) ? lambda : sqs);

/** A service that can't be reached, and one that doesn't answer. */
const outagesOf = (
  name: string,
  of: (chapter: Stage) => Stage["table"],
  answers: FailingDependency["answers"],
): FailingDependency[] => [
  {
    name: `${name} can't be reached`,
    answers,
    begin: (chapter) => of(chapter).refuse(true),
    end: (chapter) => of(chapter).refuse(false),
  },
  {
    name: `${name} gives no answer`,
    answers,
    begin: async (chapter) => of(chapter).hang(true),
    end: async (chapter) => of(chapter).hang(false),
  },
];

/** Failures of what the API depends on, one at a time. */
const troubles: FailingDependency[] = [
  vendorThat("fail", 502),
  vendorThat("refuse", 502),
  vendorThat("disconnect", 502),
  vendorThat("hang", 504),
  ...outagesOf("the table", ({ table }) => table, { "01": 503, "02": 503, "03 on": 503 }),
  ...outagesOf("the queue", workProxy, { "01": 201, "02": 202, "03 on": 503 }),
];
