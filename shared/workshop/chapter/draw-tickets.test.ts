import { expect, test } from "vitest";
import { painter } from "../terminal/paint.ts";
import { drawTickets, inWords } from "./draw.ts";
import type { LiveTicket } from "./customers.ts";
import type { Delivery } from "./figures.ts";

const nowMs = 1_000_000;

/** A ticket that was sent this long ago. */
const ticket = (index: number, agoMs: number, more: Partial<LiveTicket> = {}): LiveTicket => ({
  customer: `c-${index}`,
  isPoison: false,
  sentAtMs: nowMs - agoMs,
  answer: { status: 202, afterMs: 12.4 },
  eventId: String(index),
  status: "accepted",
  acceptedAtMs: nowMs - agoMs,
  ...more,
});
const active = (index: number) => ticket(index, 9_000, { status: "active", activatedAtMs: nowMs - 8_579 });

/** Below the titles, which take the first row. */
const draw = (tickets: LiveTicket[], { rows = 7, hasTickets = true } = {}) =>
  drawTickets({ tickets, chapter: { hasTickets }, nowMs }, { columns: 80, rows }, painter(false));

test("shows each ticket's two clocks and its status, the latest first", () => {
  const tickets = [
    active(101),
    ticket(102, 42_000),
    ticket(103, 3_100, { status: "failed", isPoison: true }),
    ticket(104, 400, { status: "provisioning" }),
  ];

  expect(draw(tickets)).toEqual([
    "customer       answered after      device works     now",
    "c-102          202, 12 ms          not yet          accepted for 42 s",
    "c-104          202, 12 ms          not yet          provisioning for 400 ms",
    "c-103 poison   202, 12 ms          not yet          failed",
    "c-101          202, 12 ms          after 421 ms     active",
  ]);
});

test.each<[string, Delivery, string]>([
  [
    "is hidden",
    { state: "hidden", tries: 3, mostTries: 5, comesBackAtMs: nowMs + 2_040 },
    "try 3 of 5, back in 2.0 s",
  ],
  [
    "is hidden for ever so often",
    { state: "hidden", tries: 7, comesBackAtMs: nowMs + 400 },
    "try 7, back in 400 ms",
  ],
  ["is tried again", { state: "in work", tries: 2, mostTries: 5 }, "try 2 of 5, in work"],
  ["is tried for the first time", { state: "in work", tries: 1, mostTries: 5 }, "accepted for 900 ms"],
  ["has not been received", { state: "waiting", tries: 0, mostTries: 5 }, "accepted for 900 ms"],
  ["is set aside", { state: "set aside", tries: 5 }, "set aside"],
])(
  "for a ticket whose message %s, says how often it was tried, and when it comes back",
  (_what, delivery, now) => {
    const figures = { deliveries: new Map([["102", delivery]]) };

    const [, line] = drawTickets(
      { tickets: [ticket(102, 900)], chapter: { hasTickets: true }, nowMs, figures },
      { columns: 80, rows: 7 },
      painter(false),
    );

    expect(line).toBe(`${"c-102".padEnd(15)}${"202, 12 ms".padEnd(20)}${"not yet".padEnd(17)}${now}`);
  },
);

test("shows what became of customers without a ticket", () => {
  const bare = (index: number, answer?: LiveTicket["answer"]): LiveTicket => ({
    customer: `c-${index}`,
    isPoison: false,
    sentAtMs: nowMs - 700,
    ...(answer && { answer }),
  });
  const tickets = [bare(1, { status: 502, afterMs: 410 }), bare(2, { afterMs: 90 }), bare(3)];

  expect(draw(tickets, { hasTickets: false }).slice(1)).toEqual([
    "c-3            waits, 700 ms       not yet          stands at the counter",
    "c-2            none, 90 ms         not yet          got no answer",
    "c-1            502, 410 ms         not yet          was told the error",
  ]);
});

test("keeps a stuck ticket visible, however many follow it, and counts the others", () => {
  const many = Array.from({ length: 30 }, (_, index) => active(200 + index));

  const lines = draw([active(100), ticket(101, 200_000), ...many]);

  expect(lines.slice(1)).toEqual([
    "c-101          202, 12 ms          not yet          accepted for 3 min 20 s",
    expect.stringMatching(/^c-229 /),
    expect.stringMatching(/^c-228 /),
    expect.stringMatching(/^c-227 /),
    expect.stringMatching(/^c-226 /),
    "and 27 active",
  ]);
});

test("says how long the customers without a row have waited", () => {
  const tickets = Array.from({ length: 20 }, (_, index) => ticket(index, 4_000 - index));

  expect(draw(tickets).at(-1)).toBe("and 15 accepted for up to 4.0 s");
});

test.each([
  [0.4, "0 ms"],
  [999.4, "999 ms"],
  [1_000, "1.0 s"],
  [9_999, "9.9 s"],
  [59_999, "59 s"],
  [200_000, "3 min 20 s"],
])("%d ms are %s", (ms, words) => {
  expect(inWords(ms)).toBe(words);
});
