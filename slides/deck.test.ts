import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ReplayData } from "#shared/picture/replay-data.ts";
import { traceFile } from "#shared/tracing/read.ts";
import { buildDeck } from "./deck.ts";
import { lengths, limitMinutes } from "./read-story.ts";
import {
  answeredIn,
  buildSlides,
  keepTraces,
  ownResults,
  provisionedTwice,
  referenceResults,
  rootWith,
  rootWithReference,
  rootWithTraces,
} from "./testing/results.ts";

/** 02 answers 100 times sooner than 01. */
const faster = ownResults((results) => answeredIn(results, { "02": 5 }));
const sectionOf = ({ html }: { html: string }) => /<section[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";

describe("the figures of a slide", () => {
  const slide = { body: "It takes {{02 answered p50}}, {{02 sooner}} sooner." };

  it("are the reference's if nothing was measured here", () => {
    const section = sectionOf(buildSlides(rootWithReference(), slide));

    expect(section).toContain('data-reference="10 ms">10 ms</span>');
    expect(section).toContain('data-own-view="reference"');
    expect(section).toContain("Reference run: 2030-01-02 03:04 UTC");
    expect(section).toContain("not AWS latencies");
  });

  it("are your own if there are any, with the reference's at hand", () => {
    const root = rootWith({ reference: referenceResults(), own: { "2031-05-06": faster } });

    const section = sectionOf(buildSlides(root, slide));

    expect(section).toContain('data-own="5 ms" data-reference="10 ms">5 ms</span>');
    expect(section).toContain('data-own="100 times" data-reference="50 times">100 times</span>');
    expect(section).toContain('data-own-view="own"');
    expect(section).toContain("Measured here: 2031-05-06 07:08 UTC, npm run bench seed=7");
  });

  it("come from the newest run that was not stopped, part by part", () => {
    const storm = ownResults((results) => {
      results.startedAt = "2031-05-07T00:00:00.000Z";
      results.chapters = results.chapters.map(({ day: _day, ...row }) => row);
    });
    const stopped = ownResults((results) => {
      Object.assign(results, { complete: false, startedAt: "2031-05-08T00:00:00.000Z" });
    });
    const root = rootWith({
      reference: referenceResults(),
      own: { "2031-05-06": faster, "2031-05-07": storm, "2031-05-08": stopped },
    });

    const { html, remarks } = buildSlides(root, slide, { body: "{{02 storm lost}} lost." });

    expect(html).toContain("Measured here: 2031-05-06 07:08 UTC");
    expect(html).toContain("Measured here: 2031-05-07 00:00 UTC");
    expect(remarks.join(" ")).not.toContain("2031-05-08");
  });

  it("come from a lab's run only for the lab's own plan", () => {
    const lab = ownResults((results) => {
      const [first] = results.chapters;
      const { day, storm } = first ?? {};
      Object.assign(results, { startedAt: "2031-05-09T00:00:00.000Z" });
      Object.assign(results.plans, { outage: results.plans.storm });
      Object.assign(first ?? {}, { id: "lab-retries", day, outage: storm });
    });
    const root = rootWith({
      reference: referenceResults(),
      own: { "2031-05-06": faster, "2031-05-09": lab },
    });

    const { html } = buildSlides(root, slide, { body: "{{lab-retries outage lost}} lost." });

    expect(html).toContain("Measured here: 2031-05-06 07:08 UTC");
    expect(html).toContain("Measured here: 2031-05-09 00:00 UTC");
  });

  it("are the reference's, and say so, if a chapter was not measured here", () => {
    const own = ownResults((results) => {
      results.chapters = results.chapters.filter(({ id }) => id === "03");
    });

    const section = sectionOf(
      buildSlides(rootWith({ reference: referenceResults(), own: { now: own } }), slide),
    );

    expect(section).toContain('data-own-view="reference"');
    expect(section).toContain("Not measured here. Reference run: 2030-01-02 03:04 UTC");
  });

  it("say what was measured nowhere", () => {
    const reference = referenceResults();
    reference.chapters = reference.chapters.filter(({ id }) => id !== "02");

    expect(sectionOf(buildSlides(rootWith({ reference }), slide))).toContain(">not measured</span>");
  });

  it("are there without a reference too", () => {
    const section = sectionOf(buildSlides(rootWith({ own: { now: faster } }), slide));

    expect(section).toContain(">5 ms</span>");
  });

  it("are those of the simulation in its chart, whatever was measured", () => {
    const chart = { body: "```chart past-this-laptop\n```" };

    const section = sectionOf(buildSlides(rootWith({ own: { now: faster } }), chart));

    expect(section).toMatch(
      /data-picture="past-this-laptop"[^>]* aria-label="Nearly all devices work within 2 s: /,
    );
    expect(section).not.toContain('class="source"');
  });
});

describe("a claim", () => {
  const claim = { body: "It is {{02 sooner at least 40 | at least 40 times}} sooner.", title: "Much sooner" };

  it("that the reference contradicts fails the build, by the slide's number and title", () => {
    const run = () =>
      buildSlides(
        rootWithReference(),
        { body: "Words." },
        { ...claim, body: claim.body.replaceAll("40", "60") },
      );

    expect(run).toThrow(/^Slide 2, "Much sooner" \(slides\/story\/20-slide\.md\): .*02 sooner is 50 times/);
  });

  it("that your own run contradicts is shown with the reference, labelled", () => {
    const own = ownResults((results) => answeredIn(results, { "02": 400 }));

    const section = sectionOf(
      buildSlides(rootWith({ reference: referenceResults(), own: { now: own } }), claim),
    );

    expect(section).toContain('data-own-view="reference"');
    expect(section).toContain("Came out differently here (02 sooner at least 40: 02 sooner is 1.3 times)");
  });

  it("may be in the front matter, and compare two figures", () => {
    const reference = referenceResults((results) => provisionedTwice(results, { "07": 4, "07+key": 0 }));
    const run = (text: string) => () =>
      buildSlides(rootWith({ reference }), { body: "Words.", front: `claims: ["${text}"]\n` });

    expect(run("07+key twice less than 07 twice")).not.toThrow();
    expect(run("07 twice less than 07+key twice")).toThrow(/change what the slide says/);
    expect(run("01 answered p50 more than 499")).not.toThrow();
    expect(run("02 is fast")).toThrow(/a figure such as/);
  });
});

describe("a replay", () => {
  const slide = { body: "```replay 02 07\n```" };
  /** Whose traces are in the slide, and of which chapters. */
  const replaysIn = (section: string) =>
    [...section.matchAll(/<script type="text\/plain" data-whose="(\w+)">([^<]*)</g)].map(
      ([, whose, packed = ""]) => {
        const { panels } = JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString()) as ReplayData;
        return [whose, ...panels.map(({ title, trace }) => `${title}, ${trace.events.length > 200}`)];
      },
    );

  it("has the reference's traces, and your own if that run kept all that are wanted", () => {
    const root = rootWith({ reference: referenceResults(), own: { now: ownResults() } });
    const own = join(root, "bench", "results", "now");
    keepTraces(join(root, "bench", "reference"));
    keepTraces(own, ["02"]);
    const before = sectionOf(buildSlides(root, slide));
    keepTraces(own);
    const after = sectionOf(buildSlides(root, slide));

    const both = ["02 · A ticket instead of a wait, true", "07 · One conditional write takes a lease, true"];
    expect(replaysIn(before)).toEqual([["reference", ...both]]);
    expect(before).toContain("Not measured here. Reference run: 2030-01-02 03:04 UTC");
    expect(replaysIn(after)).toEqual([
      ["own", ...both],
      ["reference", ...both],
    ]);
    expect(after).toContain("Measured here: 2031-05-06 07:08 UTC");
  });

  it("says in a sentence what to run if no complete trace was kept", () => {
    const root = rootWithTraces();
    writeFileSync(join(root, "bench", "reference", traceFile({ row: "07", part: "day", seed: 1 })), "");

    const day = sectionOf(buildSlides(root, slide));
    const storm = sectionOf(buildSlides(root, { body: "```replay 7 storm\n```" }));

    expect(replaysIn(day)).toEqual([]);
    expect(day).toContain("To replay the short day of 02 and 07, run <code>npm run bench 02 07</code>");
    expect(storm).toContain("To replay the storm of 07, run <code>npm run bench:storm 07</code>");
  });
});

it("escapes text of the results, and lets nothing end its data", () => {
  const evil = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'`;
  const own = ownResults((results) => {
    results.command = evil;
    results.environment.machine = evil;
  });

  const { html } = buildSlides(rootWith({ own: { now: own } }), { body: "{{02 sooner}} {{02 lost}}" });

  expect(html).not.toContain(evil);
  expect(html).not.toContain("<img src=x");
  expect(html.match(/<\/script>/g)).toHaveLength(2);
});

it("escapes HTML in a slide", () => {
  expect(sectionOf(buildSlides(rootWithReference(), { body: "<script>alert(1)</script>" }))).toContain(
    "&lt;script&gt;",
  );
});

it("says when the notes take longer than wanted", () => {
  const slides = Array.from({ length: 21 }, () => ({ body: "Words." }));

  const { remarks } = buildSlides(rootWithReference(), ...slides);

  expect(remarks.join(" ")).toContain("Too long: its notes add up to 21 minutes, and 20 were wanted");
});

describe.each(lengths)("the deck of %s", (length) => {
  const deck = buildDeck({ length, referenceOnly: true });

  it("fits its time, and is one file without requests", () => {
    expect(deck.spokenSeconds).toBeLessThanOrEqual(limitMinutes[length] * 60);
    expect(deck.remarks.join(" ")).not.toContain("Too long");
    // Small enough to send by mail.
    expect(deck.html.length).toBeLessThan(3_000_000);
    const page = deck.html.replaceAll(/<script[\s\S]*?<\/script>/g, "");
    expect(page.match(/<(?:img|link|iframe)[^>]*\s(?:src|href)="(?!data:)[^"]*"/g)).toBeNull();
    expect(page.match(/@import[^;]*|url\((?!#|data:)[^)]*\)/g)).toBeNull();
  });

  it("has notes with a time on every slide", () => {
    expect(deck.html.match(/<section /g)).toHaveLength(deck.slideCount);
    expect(deck.html.match(/data-timing="\d+"/g)).toHaveLength(deck.slideCount);
    expect(deck.html.match(/<aside class="notes">/g)).toHaveLength(deck.slideCount);
  });

  it("tells the whole story: the pharmacy, the race, the lease, a replayed run, the scoreboard", () => {
    const replayed = '<script type="text/plain" data-whose="reference">';
    for (const part of ["d-timelines", "d-lanes", "lease.ts", replayed, 'data-picture="scoreboard"']) {
      expect([part, deck.html.includes(part)]).toEqual([part, true]);
    }
  });
});
