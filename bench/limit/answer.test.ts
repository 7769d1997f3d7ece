import { expect, it } from "vitest";
import type { Limit, LimitProbe } from "#shared/limit.ts";
import { limitFrom } from "./answer.ts";
import { limitLines } from "./screen.ts";

const probe: LimitProbe = {
  perSecond: 24.26,
  seconds: 14,
  kept: true,
  answered: { inTime: 340, of: 340, p95Ms: 31 },
  works: { inTime: 338, of: 340, p95Ms: 1_420 },
  backlog: { middle: 22, end: 25 },
  donePerSecond: 24,
};
const late = { ...probe, kept: false, doubt: "the sender was late: one of twenty requests by 40 ms or more" };
const asked = {
  id: "04",
  label: "04 lambda",
  of: "04-lambda",
  promised: { answeredMs: 100, worksMs: 2_000 },
  broke: "works" as const,
  cause: "queue" as const,
  why: "the queue's growth: 61 customers waited in the middle and 97 at the end, while the vendor had 12 calls for its 20 places: what works on the queue is the limit",
  tookSeconds: 83.4,
  probes: [probe],
  throughput: { perSecond: 28.4, isBound: true },
};
const interval = { kind: "interval" as const, fromPerSecond: 24.26, toPerSecond: 28.37 };

it("is an interval with its confidence, the clock that broke first, and why", () => {
  expect(limitFrom({ ...asked, found: interval })).toMatchObject({
    fromPerSecond: 24.26,
    toPerSecond: 28.37,
    throughputPerSecond: 28.4,
    confidence: 0.8,
    broke: "works",
    cause: "queue",
  });
});

it("has no upper end if the sender was the limit, or if the flood was too small to be a bound", () => {
  const bySender = limitFrom({
    ...asked,
    found: { kind: "at least", fromPerSecond: 24.26 },
    probes: [probe, late],
  });
  const byFlood = limitFrom({ ...asked, found: interval, throughput: { perSecond: 28.4, isBound: false } });

  expect(bySender).not.toHaveProperty("toPerSecond");
  expect(bySender).not.toHaveProperty("broke");
  expect(bySender.why).toMatch(/^this machine's own sender is the limit: at 24 a second the sender was late/);
  expect(byFlood).not.toHaveProperty("toPerSecond");
});

it("is a sentence and no number if no rate keeps the promise, or the sender was late from the beginning", () => {
  const broken = { ...probe, kept: false, broke: "works" as const, works: { inTime: 3, of: 8, p95Ms: null } };

  expect(() => limitFrom({ ...asked, found: { kind: "never", probe: broken } })).toThrow(
    "no rate that was tried keeps this promise: at 24 a second 3 of 8 devices worked within 2 s (more than one of twenty never), and 25 waited at the end; promise less, such as `works=4s`",
  );
  expect(() => limitFrom({ ...asked, found: { kind: "late", probe: late } })).toThrow(
    /^at 24 a second the sender was late.*, so nothing can be said/,
  );
});

it("says what the flood alone has shown, and that other programs took much of the machine", () => {
  const broken = { ...probe, kept: false, broke: "works" as const };
  const sentences = (of: Partial<Limit>) =>
    limitLines([{ ...limitFrom({ ...asked, found: interval }), ...of }], { onThisMachine: true })
      .join(" ")
      .replaceAll(/\s+/g, " ");
  const ofFlood = "No probe was too much for it: the upper end and what broke first are the flood's.";

  expect(sentences({})).toContain(ofFlood);
  expect(sentences({ probes: [probe, broken] })).not.toContain(ofFlood);
  expect(sentences({ others: { cores: 1.14, of: 2 } })).toContain(
    "Other programs had 1.1 of the 2 cores, so it may be too low: let nothing run beside it, and search again.",
  );
  expect(sentences({ others: { cores: 0.2, of: 2 } })).not.toContain("Other programs");
});

it("fits a screen of 80 columns, and says if few customers make it wide", () => {
  const found = limitFrom({ ...asked, found: interval });
  const slow: Limit = { ...found, id: "03", label: "03 queue", fromPerSecond: 0.934, toPerSecond: 1.61 };
  const url: Limit = { ...found, label: "URL", promised: { answeredMs: 50 } };
  const lines = limitLines([found, slow, url], { onThisMachine: true });

  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^04 lambda +24 to 28 +device works +28\.4 +1 +83 s$/),
      expect.stringMatching(/^03 queue +0\.93 to 1\.6 /),
      "URL: 95 % answered within 50 ms, and no growing backlog",
    ]),
  );
  expect(lines.join(" ").replaceAll(/\s+/g, " ")).toContain("it may be a factor of three wide");
  expect(limitLines([found], { onThisMachine: true }).join(" ")).not.toContain("factor of three");
});
