import { expect, it } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import { apply } from "./apply.ts";
import { forget } from "./forget.ts";
import { countsOf, emptyScene } from "./scene.ts";

const customers = 3_000;

it("stays the same size however long it runs, and its counts include everything", () => {
  const sizes: number[] = [];
  const points: number[] = [];
  const { header, events } = inventedTrace(
    Array.from({ length: customers }, (_, at) => activationOf(at + 1)).flatMap((one, at) => [
      one.asked(at * 50),
      one.claimed(at * 50 + 1),
      one.sent(at * 50 + 2),
      one.answered(at * 50 + 3, 202),
      ...one.called(at * 50 + 4, "i", at, 10),
      // Every hundredth is lost, and one stays in the queue until the very end.
      ...(at % 100 === 0 || at === 7 ? [] : [one.written(at * 50 + 15, "i", "active")]),
      ...(at === 7 ? [one.written(customers * 50, "i", "active")] : [one.deleted(at * 50 + 16)]),
    ]),
  );
  const scene = emptyScene(header);

  for (const [at, event] of events.entries()) {
    apply(scene, event);
    if (at % 1_000 === 0) {
      forget(scene);
      sizes.push(scene.activations.size + scene.devices.size + scene.rows.size);
      points.push(scene.answered.length + scene.works.length);
    }
  }

  for (const each of [sizes, points]) {
    const half = each.slice(each.length / 2);
    expect(Math.max(...half)).toBeLessThan(1.1 * Math.min(...half));
  }
  expect(countsOf(scene)).toMatchObject({ accepted: customers, works: customers - 30, lost: 30, twice: 0 });
  expect([...scene.rows.values()].map(({ macAddress }) => macAddress)).toEqual([activationOf(8).macAddress]);
});
