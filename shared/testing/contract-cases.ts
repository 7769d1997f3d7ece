import { invokesFunction } from "#shared/run/outputs.ts";
import { asksFor } from "#shared/testing/chapter.ts";
import type { TestedChapter } from "#shared/testing/chapter.ts";

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
export const malformed: MalformedRequest[] = [
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
export const wrongAddresses = [
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
export const rightAddresses = [
  "00-00-5E-10-00-00-00-AB",
  "00-00-5e-10-00-00-00-ab",
  "00:00:5E:10:00:00:00:AB",
  "00:00:5e:10:00:00:00:ab",
  "0000.5e10.0000.00ab",
  "00005E10000000AB",
  " 00-00-5E-10-00-00-00-AB ",
];

interface Trouble {
  name: string;
  /** 02 answers before it asks the vendor; from 03 on it must have sent the message, too. */
  answers: Record<"01" | "02" | "03 on", number>;
  begin: (chapter: TestedChapter) => Promise<unknown>;
  end: (chapter: TestedChapter) => Promise<unknown>;
}

const vendorThat = (answer: "fail" | "refuse" | "hang" | "disconnect", status: number): Trouble => ({
  name: `the vendor's answer is "${answer}"`,
  answers: { "01": status, "02": 202, "03 on": 202 },
  begin: ({ running }) => running.vendor.setWeather({ answer }),
  end: ({ running }) => running.vendor.setWeather({ answer: "normal" }),
});

/** Before the queue that keeps the work: SQS's, or the one inside of Lambda where the API invokes a function. */
const workProxy = ({ running, sqs, lambda }: TestedChapter) =>
  invokesFunction(running.outputs) ? lambda : sqs;

/** What the API depends on fails, one thing at a time. */
export const troubles: Trouble[] = [
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
