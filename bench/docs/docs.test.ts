import { describe, expect, it } from "vitest";
import { inventedResults } from "../testing/invented.ts";
import { BlockError, fillBlocks, readBlocks } from "./blocks.ts";
import { documents, staleBlocks } from "./documents.ts";
import { chapterBlocks, readmeBlocks } from "./figures.ts";
import { readSources } from "./sources.ts";
import { chapterText, TextError } from "./texts.ts";

describe("a block in a text", () => {
  const text =
    "before\n<!-- docs:one -->\n\nold\n\n<!-- /docs -->\nbetween\n<!-- docs:two -->\n<!-- /docs -->\n";

  it("gets new figures, and nothing around it changes", () => {
    const filled = fillBlocks(text, { one: "$& 1", two: "2" }, "a.md");

    expect(filled).toBe(
      "before\n<!-- docs:one -->\n\n$& 1\n\n<!-- /docs -->\nbetween\n<!-- docs:two -->\n\n2\n\n<!-- /docs -->\n",
    );
    expect(fillBlocks(filled, { one: "$& 1", two: "2" }, "a.md")).toBe(filled);
  });

  it("is refused by name if nobody makes it, or if it has no end", () => {
    expect(() => fillBlocks(text, { one: "1" }, "a.md")).toThrow(
      new BlockError("Expected one of the blocks one in a.md, got `docs:two`; rename it."),
    );
    expect(() => readBlocks("<!-- docs:one -->\nold\n", "a.md")).toThrow(BlockError);
    expect(() => readBlocks("<!-- docs:one -->\n<!-- docs:two -->\n<!-- /docs -->", "a.md")).toThrow(
      BlockError,
    );
  });
});

describe("a chapter's README", () => {
  it("gives its title and what still breaks", () => {
    const text = "# 03 · The queue\n\nWords.\n\n**Still breaks:** it is slow.\n";

    expect(chapterText("03-queue", text, "a.md")).toEqual({
      number: "03",
      name: "03-queue",
      title: "The queue",
      breaks: "it is slow",
    });
  });

  it("is refused without a title of its number", () => {
    expect(() => chapterText("03-queue", "# 04 · The queue\n", "a.md")).toThrow(TextError);
  });
});

describe("the figures", () => {
  const ticket = { number: "02", name: "02-ticket", title: "A ticket", isMeasured: true };
  const chapters = [
    { number: "00", name: "00-pharmacy", title: "Two timelines", isMeasured: false },
    { number: "01", name: "01-synchronous", title: "Wait", breaks: "slow", isMeasured: true },
    ticket,
  ];
  const lines = { code: { added: 40, removed: 9 }, template: { added: 2, removed: 1 } };
  const sources = { results: inventedResults(), chapters, countLines: () => lines };

  it("are a row for every chapter, with the difference from the one before it", () => {
    const [, , pharmacy, first, second] = (readmeBlocks(sources)["chapters"] ?? "").split("\n");

    expect(pharmacy).toBe("| [00](chapters/00-pharmacy/README.md) | Two timelines | - | - | - | - |");
    expect(first).toMatch(/^\| \[01\]\(\S+\) \| Wait \| \d+ms \| \d+ms \| slow \| - \|$/);
    expect(second).toMatch(/^\| \[02\]\(\S+\) \| A ticket \| [\d.]+ms \| \d+ms \| - \| 49 \|$/);
  });

  it("show a chapter beside the one before it, and no other", () => {
    const labels = (block = "") => [...block.matchAll(/^\| (\d\d \w+)/gm)].map(([, label]) => label);
    const blocks = chapterBlocks(sources, ticket);

    expect([labels(blocks["clocks"]), labels(blocks["measured"])]).toEqual([
      ["01 sync", "02 ticket"],
      ["01 sync", "02 ticket"],
    ]);
  });
});

it("the READMEs show the reference run and the code as they are (`npm run docs` fills them)", () => {
  const texts = documents(readSources());

  expect(staleBlocks(texts)).toEqual([]);
});
