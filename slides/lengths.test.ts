import { describe, expect, it } from "vitest";
import { buildDeck } from "./deck.ts";
import { lengths, limitMinutes } from "./lengths.ts";
import { buildSlides, rootWithReference } from "./testing/results.ts";

it("says when the notes take longer than was wanted", () => {
  const slides = Array.from({ length: 21 }, () => ({ body: "Words." }));

  const { remarks } = buildSlides(rootWithReference(), ...slides);

  expect(remarks.join(" ")).toContain("Too long: its notes add up to 21 minutes, and 20 were wanted");
});

describe.each(lengths)("the deck of %s", (length) => {
  const deck = buildDeck({ length, referenceOnly: true });

  it("fits its time, and is one file that asks nobody", () => {
    expect(deck.spokenSeconds).toBeLessThanOrEqual(limitMinutes[length] * 60);
    expect(deck.remarks.join(" ")).not.toContain("Too long");
    expect(Buffer.byteLength(deck.html)).toBeLessThan(10_000_000);
    const page = deck.html.replaceAll(/<script[\s\S]*?<\/script>/g, "");
    expect(page.match(/<(?:img|link|iframe)[^>]*\s(?:src|href)="(?!data:)[^"]*"/g)).toBeNull();
    expect(page.match(/@import[^;]*|url\((?!#|data:)[^)]*\)/g)).toBeNull();
  });

  it("has notes with a time on every slide", () => {
    expect(deck.html.match(/<section /g)).toHaveLength(deck.slideCount);
    expect(deck.html.match(/data-timing="\d+"/g)).toHaveLength(deck.slideCount);
    expect(deck.html.match(/<aside class="notes">/g)).toHaveLength(deck.slideCount);
  });

  it("tells its story whole: the pharmacy, the race, the lease, the scoreboard", () => {
    for (const part of ["d-timelines", "d-lanes", "lease.ts", 'data-picture="scoreboard"']) {
      expect(deck.html).toContain(part);
    }
  });
});
