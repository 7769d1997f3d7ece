import { expect, test } from "vitest";
import { seededRandom } from "../plan/arrivals.ts";
import { Retries } from "./retries.ts";

test("hidden messages become visible at their moments, and at equal moments in the order in which they were sent", () => {
  // More than one chunk holds, hidden while others become visible.
  const messages = 100_000;
  const random = seededRandom(1);
  const retries = new Retries(30_000);
  const hidden: { message: number; untilMs: number; receives: number }[] = [];
  const seen: typeof hidden = [];
  const takeAll = () => {
    while (retries.visible > 0) {
      const [untilMs, receives] = [retries.headMs, retries.headReceives];
      seen.push({ message: retries.take(), untilMs, receives });
    }
  };
  for (let message = 0; message < messages; message += 1) {
    const nowMs = message / 10;
    const untilMs = nowMs + Math.ceil(random() * 30) * 1_000;
    const receives = 1 + (message % 200);
    hidden.push({ message, untilMs, receives });
    retries.hide(message, receives, untilMs);
    if (message % 1_000 === 0) {
      retries.advance(nowMs);
    }
    // Some stay in the queue for long.
    if (message % 40_000 === 0) {
      takeAll();
    }
  }
  retries.advance(60_000);
  takeAll();

  const inOrder = hidden.toSorted(
    (left, right) => left.untilMs - right.untilMs || left.message - right.message,
  );
  expect(seen.length).toBe(messages);
  expect(seen.findIndex(({ message }, at) => message !== inOrder[at]?.message)).toBe(-1);
  expect(
    seen.every(
      ({ untilMs, receives }, at) => untilMs === inOrder[at]?.untilMs && receives === inOrder[at]?.receives,
    ),
  ).toBe(true);
  expect([retries.hidden, retries.nextShownMs, retries.headMs]).toEqual([0, Infinity, Infinity]);
});

test("makes messages visible until few enough are hidden, but none that is due at the limit or after it", () => {
  const retries = new Retries(10_000);
  [5_000, 1_000, 3_000, 2_000].forEach((untilMs, message) => retries.hide(message, 1, untilMs));

  const [enough, tooLate] = [retries.showUntil(2, 9_000), retries.showUntil(0, 5_000)];

  expect([enough, tooLate, retries.visible, retries.hidden]).toEqual([2_000, Infinity, 3, 1]);
  expect([retries.take(), retries.take(), retries.take()]).toEqual([1, 3, 2]);
});

test("a message hidden into the current second, or before the next one, becomes visible in its place", () => {
  const retries = new Retries(10_000);
  const hide = (message: number, untilMs: number) => retries.hide(message, 1, untilMs);
  [5_100, 5_700, 5_900, 9_000].forEach((untilMs, at) => hide(10 + at, untilMs));

  retries.advance(5_100);
  [5_800, 5_700, 5_100].forEach((untilMs, at) => hide(at, untilMs));
  const nextMs = retries.nextShownMs;
  retries.advance(5_900);
  [7_000, 5_950].forEach((untilMs, at) => hide(20 + at, untilMs));
  retries.advance(9_000);

  expect(nextMs).toBe(5_100);
  expect(Array.from({ length: 9 }, () => retries.take())).toEqual([10, 2, 1, 11, 0, 12, 21, 20, 13]);
  expect([retries.visible, retries.hidden, retries.nextShownMs]).toEqual([0, 0, Infinity]);
});
