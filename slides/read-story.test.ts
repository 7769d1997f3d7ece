import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lengths, limitMinutes } from "./read-story.ts";
import { readStory } from "./read-story.ts";
import { scratchFolder } from "#shared/testing/scratch.ts";

function storyOf(slides: Record<string, string>): string {
  const folder = scratchFolder();
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(slides)) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const slide = (front: string, rest = "Words.\n\n## Notes\n\nSay it.\n") => `---\n${front}\n---\n\n${rest}`;
const good = slide('title: One\nseconds: { "20": 30, full: 60 }');

it("takes the slides of a length in the order of their names, numbered within their deck", () => {
  const folder = storyOf({
    "020-b.md": slide('title: Two\nseconds: { "90": 10 }'),
    "030-c.md": slide('title: Three\nseconds: { "20": 10 }'),
    "010-a.md": good,
  });

  const slides = readStory(folder, "20").map(({ title, number, spokenSeconds }) => ({
    title,
    number,
    spokenSeconds,
  }));

  expect(slides).toEqual([
    { title: "One", number: 1, spokenSeconds: 30 },
    { title: "Three", number: 2, spokenSeconds: 10 },
  ]);
});

it("reads a file with Windows line endings like any other", () => {
  const folder = storyOf({ "010-a.md": good.replaceAll("\n", "\r\n") });

  expect(readStory(folder, "20")[0]?.notes).toBe("Say it.");
});

it.each([
  ["no front matter", "# One\n", /begin with front matter/],
  ["front matter that is not YAML", slide("title: [One"), /YAML as front matter/],
  ["an unknown setting", slide("title: One\nseconds: { full: 60 }\ncolour: red"), /colour/],
  ["no title", slide("seconds: { full: 60 }"), /`title` is wrong/],
  ["an unknown length", slide('title: One\nseconds: { "30": 60 }'), /`seconds` is wrong/],
  ["no length", slide("title: One\nseconds: {}"), /no deck has it/],
  ["no notes", slide("title: One\nseconds: { full: 60 }", "Words.\n"), /one `## Notes`/],
  [
    "a block without an end",
    slide("title: One\nseconds: { full: 60 }", "```big\n1 / 2\n\n## Notes\n\nSay it.\n"),
    /each block to end/,
  ],
])("says what is wrong with %s, and in which file", (_what, text, message) => {
  const read = () => readStory(storyOf({ "010-a.md": text }), "full");

  expect(read).toThrow(message);
  expect(read).toThrow("slides/story/010-a.md");
});

it("says if there are no slides at all", () => {
  expect(() => readStory(storyOf({}), "full")).toThrow(/found none; restore that folder/);
});

it.each(lengths)("fits %s into its time", (length) => {
  const slides = readStory(join(import.meta.dirname, "story"), length);
  const minutes = slides.reduce((sum, { spokenSeconds }) => sum + spokenSeconds, 0) / 60;

  expect(minutes).toBeLessThanOrEqual(limitMinutes[length]);
  // And uses more than half of it.
  expect(minutes).toBeGreaterThan(limitMinutes[length] * 0.6);
});
