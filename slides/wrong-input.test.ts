import { describe, expect, it } from "vitest";
import { buildDeck } from "./deck.ts";
import {
  buildSlides,
  ownResults,
  referenceResults,
  rootWith,
  rootWithReference,
  storyWith,
} from "./testing/results.ts";

it.each([
  ["an unknown figure", "{{02 answred p50}}", /a figure such as .*got `02 answred p50`/],
  ["a figure that does not end", "{{02 sooner", /each `\{\{` to end/],
  ["a claim without words", "{{02 sooner at least 3}}", /the words of the claim/],
  ["an unknown block", "```graph\nx\n```", /one of the blocks .*got `graph`/],
  ["an unknown chart", "```chart pie\n```", /one of the charts .*got `pie`/],
  ["an unknown chapter", "```architecture 09\n```", /chapter from 01 to 07/],
  [
    "a focus that is not there",
    "```code chapters/03-queue/api.ts\nfrom: await sqs.send(message);\nfocus: nothing\n```",
    /a line with `nothing`/,
  ],
  [
    "a command that is not there",
    "Type `npm run everything`.",
    /a command of package.json, got `npm run everything`/,
  ],
  ["a replay of too many chapters", "```replay 02 06 07\n```", /one chapter or 2/],
  ["a replay of a chapter that is not there", "```replay 02 19\n```", /chapter.*19/],
  ["a task that is not there", "```exercise 5 03\ntask 9\n```", /a task of chapter 03, got task 9/],
  ["an exercise without minutes", "```exercise 03\ntask 1\n```", /minutes and a chapter/],
  ["a table with a short row", "```measured\na | b\nc\n```", /rows of 2 cells/],
  ["a big figure without words", "```big\n36\n```", /lines such as/],
  ["a lane that is not there", "```lanes\nlanes: worker A | the ticket\nC: dies\n```", /a line of A, ticket/],
  ["an errand that is missing", "```timelines\nscale: 1 ms = 1 min\ntitle: a | b\nx 0 1\n```", /two errands/],
])("names the slide with %s, and what was expected", (_what, body, message) => {
  const run = () => buildSlides(rootWithReference(), { body, title: "Wrong" });

  expect(run).toThrow(message);
  expect(run).toThrow(/^Slide 1, "Wrong" \(slides\/story\/10-slide\.md(:[68])?\)/);
});

describe("a quotation of code", () => {
  const send = "from: await sqs.send(message);";

  it.each([
    ["of a file that is not there", "chapters/03-queue/apis.ts", [send], 8, /a file of a chapter/],
    ["without a first line", "chapters/03-queue/api.ts", ["to: }"], 8, /one `from: the first line`/],
    ["with two first lines", "chapters/03-queue/api.ts", [send, send], 8, /one `from: the first line`/],
    ["with a first line that is not there", "chapters/03-queue/api.ts", ["from: x"], 9, /`x`.*found none/],
    [
      "with a last line that is not there",
      "chapters/03-queue/api.ts",
      [send, "to: x"],
      10,
      /`x` below chapters/,
    ],
    ["with another line", "chapters/03-queue/api.ts", [send, "form: x"], 10, /or `hide:`.*got `form: x`/],
  ])("%s is refused, with the line of the slide", (_what, file, lines, line, message) => {
    const body = `Words.\n\n\`\`\`code ${file}\n${lines.join("\n")}\n\`\`\``;
    const run = () => buildSlides(rootWithReference(), { body });

    expect(run).toThrow(message);
    expect(run).toThrow(`Slide 1, "Slide 1" (slides/story/10-slide.md:${line}): `);
  });
});

describe("results that can't be shown", () => {
  const slide = { body: "{{02 sooner}}" };
  const old = { schemaVersion: 1 };

  it("of another schema are refused if they are the newest, or the reference", () => {
    expect(() => buildSlides(rootWith({ reference: referenceResults(), own: { now: old } }), slide)).toThrow(
      /results of schema 3 in bench.results.now.results\.json, got schema 1/,
    );
    expect(() => buildSlides(rootWith({ reference: old as never }), slide)).toThrow(/got schema 1/);
  });

  it("of another schema are ignored if there are newer ones", () => {
    const root = rootWith({ reference: referenceResults(), own: { "2020": old, "2031": ownResults() } });

    expect(buildSlides(root, slide).html).toContain("Measured here");
  });

  it("are missing: it says what to do", () => {
    expect(() => buildSlides(rootWith({}), slide)).toThrow(/found none; type `npm run bench`/);
  });

  it("were stopped, in a named folder", () => {
    const root = rootWith({
      own: { now: ownResults((results) => Object.assign(results, { complete: false })) },
    });
    const from = `${root}/bench/results/now`;

    expect(() => buildDeck({ length: "20", root, from, storyFolder: storyWith(slide) })).toThrow(
      /complete results/,
    );
    expect(() => buildDeck({ length: "20", root, from: root, storyFolder: storyWith(slide) })).toThrow(
      /found none/,
    );
  });
});
