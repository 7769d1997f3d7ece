import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Order } from "./fixtures/handler.ts";
import { setStage } from "./fixtures/lambda-stage.ts";

let stage: Awaited<ReturnType<typeof setStage>>;
let batches = { Reporting: 0, Plain: 0 };

beforeAll(async () => {
  stage = await setStage({ consumers: false });
});
afterAll(() => stage.clear());

/** Sends three messages in one batch, the first with the order. Returns the indexes of those still there afterwards. */
async function remaining(name: "Reporting" | "Plain", order: Order): Promise<number[]> {
  const [queue, url] =
    name === "Plain"
      ? ["PlainQueue", stage.aws.outputs["PLAIN_QUEUE_URL"]]
      : ["Queue", stage.aws.outputs["QUEUE_URL"]];
  batches[name] += 1;
  const tags = [0, 1, 2].map((index) => `${batches[name]}-${index}`);
  const [first, ...rest] = tags;
  await stage.send(url, { ...order, tag: first ?? "" }, ...rest.map((tag) => ({ tag })));

  await stage.aws.enableMapping(true);
  await stage.ended(name, batches[name]);
  await stage.aws.enableMapping(false);

  const left = await stage.tagsIn(queue);
  return [0, 1, 2].filter((index) => left.includes(tags[index] ?? ""));
}

const all = [0, 1, 2];
const failures = (...batchItemFailures: unknown[]): Order => ({ answer: { batchItemFailures } });
const failed = (itemIdentifier: unknown) => ({ itemIdentifier });

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
describe("with ReportBatchItemFailures, what stays in the queue", () => {
  it.each<[string, Order, number[]]>([
    ["no answer: nothing", {}, []],
    ["null: nothing", { answer: null }, []],
    ["an empty answer: nothing", { answer: {} }, []],
    ["a list that is null: nothing", { answer: { batchItemFailures: null } }, []],
    ["an empty list: nothing", failures(), []],
    ["one id: its message", failures(failed("$1")), [1]],
    ["two ids: their messages", failures(failed("$2"), failed("$0")), [0, 2]],
    ["an id twice: its message", failures(failed("$1"), failed("$1")), [1]],
    ["an unknown id beside a known one: all", failures(failed("$1"), failed("unknown")), all],
    ["an empty id: all", failures(failed("")), all],
    ["an id that is null: all", failures(failed(null)), all],
    ["a misnamed id: all", failures({ messageId: "$1" }), all],
    ["an id without its object: all", failures("$1"), all],
    ["a list that is none: all", { answer: { batchItemFailures: "$1" } }, all],
    ["an answer that is no object: all", { answer: "done" }, all],
    ["an answer that can't be JSON: all", { act: "circle" }, all],
    ["a throw: all", { act: "throw" }, all],
    ["an environment that ends: all", { act: "exit" }, all],
  ])("%s", async (_, order, expected) => {
    expect(await remaining("Reporting", order)).toEqual(expected);
  });

  it("says in the log what was wrong with an answer", () => {
    const said = stage.lines.filter(({ source }) => source === "Reporting").map(({ line }) => line);

    expect(said).toContain(
      'Expected the messageId of a record as itemIdentifier, got {"itemIdentifier":"unknown"}: all 3 messages of this batch will come back',
    );
  });
});

// Without the setting Lambda ignores the answer: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
describe("without ReportBatchItemFailures, what stays in the queue", () => {
  it.each<[string, Order, number[]]>([
    ["failures reported: nothing, they are lost", failures(failed("$1")), []],
    ["an answer that is no object: nothing", { answer: "done" }, []],
    ["a throw: all", { act: "throw" }, all],
  ])("%s", async (_, order, expected) => {
    expect(await remaining("Plain", order)).toEqual(expected);
  });
});
