import { expect, it } from "vitest";
import { nextId } from "./ids.ts";

it("gives ids in the form of a UUID, all different", () => {
  const ids = Array.from({ length: 20_000 }, nextId);

  expect(new Set(ids).size).toBe(ids.length);
  expect(
    ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
  ).toEqual([]);
});

it("gives consecutive ids different beginnings, so that a reader can tell them apart", () => {
  const beginnings = Array.from({ length: 1_000 }, () => nextId().slice(0, 4));

  expect(beginnings.filter((beginning, index) => beginning === beginnings[index - 1])).toEqual([]);
});
