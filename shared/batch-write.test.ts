import type { BatchWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { expect, it } from "vitest";
import { batchWrite } from "./batch-write.ts";

const puts = Array.from({ length: 60 }, (_, id) => ({ PutRequest: { Item: { id } } }));

/** Plays a throttled DynamoDB, since no local one throttles: it leaves `leaves` items of every call. */
function throttled(leaves: (call: number) => number) {
  const calls: number[] = [];
  const written = new Set<unknown>();
  const send = async (items: BatchWriteCommandInput["RequestItems"]) => {
    const requests = items?.["t"] ?? [];
    const kept = requests.slice(0, requests.length - leaves(calls.push(requests.length)));
    kept.forEach(({ PutRequest: put }) => written.add(put?.Item?.["id"]));
    return { UnprocessedItems: { t: requests.slice(kept.length) } };
  };
  return { send, calls, written };
}

it("writes 25 at a time, and retries what was left unprocessed", async () => {
  const { send, calls, written } = throttled((call) => (call === 2 ? 7 : 0));

  await batchWrite("t", puts, send);

  expect(calls).toEqual([25, 25, 7, 10]);
  expect(written.size).toBe(60);
});

it("gives up after eight tries without progress", async () => {
  const { send, calls } = throttled(() => 25);

  await expect(batchWrite("t", puts, send, 1)).rejects.toThrow(
    "Expected 60 items to be written into t, but DynamoDB left 25 of a batch unprocessed 8 times",
  );
  expect(calls).toHaveLength(8);
});
