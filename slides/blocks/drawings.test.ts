import { describe, expect, it } from "vitest";
import { architecture } from "./architecture.ts";
import { lanes } from "./lanes.ts";
import { timelines } from "./timelines.ts";

describe("the architecture of a chapter", () => {
  const fragments = (svg: string) => svg.split('<g class="fragment').slice(1);

  it("shows new parts step by step, and existing ones at once", () => {
    const [queue = "", worker = ""] = fragments(architecture("03"));
    const [old = ""] = architecture("03").split('<g class="fragment');

    expect(queue).toContain("SQS queue");
    expect(worker).toContain(">worker<");
    expect(old).toContain(">API<");
    expect(old).not.toContain("SQS queue");
  });

  it("crosses out what is gone, once", () => {
    expect(architecture("04")).toContain("worker: gone");
    expect(architecture("05")).not.toContain("worker");
  });

  it("distinguishes what the customer waits for from what comes after the answer", () => {
    expect(architecture("01")).toContain("API to vendor: provision: slow, and can fail (before the answer)");
    expect(architecture("02")).toContain("API to vendor: provision, from memory (after it)");
  });

  it("has a dead-letter queue from 05 on, the guard only in 06, and the lease in 07", () => {
    const has = (words: string) =>
      ["04", "05", "06", "07"].filter((chapter) => architecture(chapter).includes(words));

    expect(has("dead-letter queue")).toEqual(["05", "06", "07"]);
    expect(has("did anybody?")).toEqual(["06"]);
    expect(has("one conditional write")).toEqual(["07"]);
  });

  it("has its own arrow heads, since those of a hidden slide are not drawn", () => {
    expect(architecture("06")).toContain('id="d-head-after-06"');
    expect(architecture("06")).not.toContain("d-head-after-07");
  });
});

describe("lanes", () => {
  const text =
    "lanes: worker A | the <ticket> | worker B\nA -> <ticket>: read\n---\nB: calls the vendor, too !";

  it("appear step by step, and mark trouble with a sign as well", () => {
    const [first = "", second = ""] = lanes(text).split('<g class="fragment');

    expect(first).toContain(">read<");
    expect(second).toContain("✕ calls the vendor, too");
    expect(second).toContain("d-trouble");
  });

  it("escape their words", () => {
    expect(lanes(text)).toContain("the &lt;ticket&gt;");
    expect(lanes(text)).not.toContain("<ticket>");
  });

  it.each([
    ["no lanes", "A: works", /`lanes: worker A/],
    ["a step without a line", "lanes: a A | a B\nA: works\n---", /none of its steps empty/],
    ["too many lines", `lanes: a A | a B\n${"A: works\n".repeat(13)}`, /got 13 lines/],
    ["a line that is none", "lanes: a A | a B\nwhat?", /got `what\?`/],
  ])("with %s are refused", (_what, wrong, message) => {
    expect(() => lanes(wrong)).toThrow(message);
  });
});

describe("timelines", () => {
  const text = `scale: 100 ms = 1 min
title: At the counter | synchronous
medicine 0 1800
shopping 1800 1200
title: With a ticket | asynchronous
medicine 0 1800
shopping 0 1200`;

  it("add up the time until you are home, and show the time in which you wait", () => {
    const [, counter = "", ticket = ""] = timelines(text).split('<g class="d-group');

    expect(counter).toContain("home: 30 min");
    expect(ticket).toContain("home: 18 min");
    expect(counter).toContain("animation-delay: 0ms; animation-duration: 1800ms");
    expect(ticket).toMatch(/d-waits[^>]*animation-delay: 1200ms; animation-duration: 600ms/);
  });

  it.each([
    ["no scale", text.replace("scale", "scales"), /`scale: 60 ms = 1 min`/],
    ["an errand of no length", text.replace("0 1800", "0 0"), /got `medicine 0 0`/],
    ["one errand only", text.replace("\nshopping 0 1200", ""), /two errands in each timeline, got 1/],
  ])("with %s are refused", (_what, wrong, message) => {
    expect(() => timelines(wrong)).toThrow(message);
  });
});
