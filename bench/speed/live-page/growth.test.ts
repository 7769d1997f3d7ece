import { expect, it } from "vitest";
import { growthOf } from "./growth.ts";

/** The page's heap after each minute. The others hold the same all the time. */
const pageHolds = (...megabytes: number[]) =>
  growthOf(megabytes.map((page, at) => ({ minute: 1 + at, page: page * 1e6, server: 5e6, trace: 4e6 })));

const grown = (share: number) => [
  { what: "page", share: expect.closeTo(share, 3) },
  { what: "server", share: 0 },
  { what: "trace", share: 0 },
];

it("says by how much each has grown since minute 2", () => {
  expect(pageHolds(2, 3, 3.2, 3.4, 3.6, 3.8, 4, 4.2)).toEqual(grown(4 / 3 - 1));
  expect(pageHolds(2, 3, 3.3)).toEqual(grown(0.1));
});

it("takes no busy moment for growth, neither at the beginning nor at the end", () => {
  expect(pageHolds(2, 3, 3, 3, 3, 4.5)).toEqual(grown(0));
  expect(pageHolds(2, 4.5, 3, 3, 4, 4)).toEqual(grown(1 / 3));
});
