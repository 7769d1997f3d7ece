import { expect, it } from "vitest";
import { nextId } from "./ids.ts";

it("gives ids in the form of a UUID, all different", () => {
  const ids = Array.from({ length: 20_000 }, nextId);

  expect(new Set(ids).size).toBe(ids.length);
  expect(
    ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
  ).toEqual([]);
});

// Even a million different ones would not show that one byte repeats another.
it("counts with all of its first four bytes: no two of them go together", () => {
  const beginnings = Array.from({ length: 500_000 }, () => Buffer.from(nextId().slice(0, 8), "hex"));
  const pairs = [0, 1, 2, 3].flatMap((one) =>
    [0, 1, 2, 3].slice(one + 1).map((other) => [one, other] as const),
  );

  expect(pairs).toHaveLength(6);
  for (const [one, other] of pairs) {
    const seen = new Set(beginnings.map((bytes) => bytes.readUInt8(one) * 256 + bytes.readUInt8(other)));
    expect(seen.size, `bytes ${one} and ${other}`).toBeGreaterThan(60_000);
  }
});

it("gives consecutive ids different beginnings, so that a reader can tell them apart", () => {
  const beginnings = Array.from({ length: 1_000 }, () => nextId().slice(0, 4));

  expect(beginnings.filter((beginning, index) => beginning === beginnings[index - 1])).toEqual([]);
});
