import { expect, it } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import type { InventedEvent } from "#shared/testing/invented-trace.ts";
import { readTrace } from "#shared/tracing/activations.ts";
import { darkTheme, lightTheme } from "#shared/picture/theme.ts";
import { oneKill } from "./one-kill.ts";

const customers = 80;
const killMs = 4_050;
const askedAt = (nth: number) => nth * 100;
const all = Array.from({ length: customers }, (_, at) => at + 1);

/** Ten customers a second, and each device takes 400 ms. The kill loses what is in memory. */
function inMemory(nth: number): InventedEvent[] {
  const a = activationOf(nth);
  const ms = askedAt(nth);
  const isLost = ms < killMs && ms + 400 > killMs;
  return [
    a.asked(ms),
    a.claimed(ms + 2),
    a.written(ms + 5, "api", "accepted"),
    a.answered(ms + 8, 202),
    ...(isLost ? [] : [a.written(ms + 400, "api", "active")]),
  ];
}

/** The same with a queue and a function. What the killed environment had comes back after six seconds. */
function queued(nth: number): InventedEvent[] {
  const a = activationOf(nth);
  const ms = askedAt(nth);
  const environment = (nth % 5) + 1;
  const isKilled = environment === 1 && ms < killMs && ms + 400 > killMs;
  return [
    a.asked(ms),
    a.claimed(ms + 2),
    a.sent(ms + 5),
    a.answered(ms + 8, 202),
    a.delivered(ms + 9, { to: "lambda" }),
    a.invoked(ms + 10, environment, `i${nth}`),
    ...(isKilled
      ? [a.delivered(ms + 6_010, { to: "lambda", receiveCount: 2 }), a.invoked(ms + 6_011, 9, `j${nth}`)]
      : []),
    a.written(isKilled ? ms + 6_400 : ms + 400, isKilled ? `j${nth}` : `i${nth}`, "active"),
  ];
}

const memory = readTrace(
  inventedTrace([...all.flatMap(inMemory), { ms: killMs, kind: "killed", target: "api", pid: 1 }], {
    chapter: "02-ticket",
    row: "02",
  }),
);
const lock = readTrace(
  inventedTrace([
    ...all.flatMap(queued),
    { ms: killMs, kind: "environmentEnded", environment: 1, why: "killed" },
  ]),
);
const count = (svg: string, part: RegExp) => [...svg.matchAll(part)].length;

it("says what the kill cost, from both traces", () => {
  const picture = oneKill([memory, lock]);

  expect([picture?.title, picture?.description]).toEqual([
    "kill -9 at 4 s: 02 forgets 4, 07 forgets none",
    "02 ticket: 76 devices work and 4 lost; 07 lock: 80 devices work.",
  ]);
});

it("moves every activation by one clock, and shows only the end to readers who want less motion", () => {
  const svg = oneKill([memory, lock])?.svg(lightTheme) ?? "";

  // Only SMIL, and all of it starts with the same clock.
  expect(count(svg, /@keyframes|\banimation\b|transition/g)).toBe(0);
  expect(count(svg, /begin="(?!L\.begin\+)/g)).toBe(1);
  expect(count(svg, /<circle class="d" r="5">/g)).toBe(2 * customers);
  const [, still = ""] = svg.split('<g class="s">');
  expect(count(still, /class="w"/g)).toBe(76 + 80);
  expect(count(still, /class="x"/g)).toBe(4);
  expect(count(still, /<animate|<set/g)).toBe(0);
  expect(svg).toContain("@media(prefers-reduced-motion:reduce){.m{display:none}.s{display:inline}}");
});

it("is at most 100 kB, and only its colours differ on a dark page", () => {
  const picture = oneKill([memory, lock]);
  const [light = "", dark = ""] = [lightTheme, darkTheme].map((theme) => picture?.svg(theme));

  expect(light.length).toBeLessThan(100_000);
  const plain = (svg: string) => svg.replaceAll(/#[\da-f]{6}\b/g, "#");
  expect(plain(dark)).toBe(plain(light));
  expect(dark).not.toBe(light);
});

it("is not drawn if nothing was killed", () => {
  expect(oneKill([memory, readTrace(inventedTrace(all.flatMap(queued)))])).toBeUndefined();
});
