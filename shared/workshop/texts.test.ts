import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { listChapters, projectFolder } from "#shared/run/chapters.ts";
import { courses } from "./course/courses.ts";
import { findNewWords, parsePrediction } from "./readme.ts";

const all = listChapters().filter(({ number }) => number !== "mine");
const isLab = ({ name }: { name: string }) => name.startsWith("lab-");
const readText = ({ number, name }: { number: string; name: string }) => ({
  number,
  file: `chapters/${name}/README.md`,
  text: read(`chapters/${name}/README.md`),
});
const isOnAws = ({ name }: { name: string }) => name === "08-aws";
const chapterTexts = all.filter((chapter) => !isLab(chapter) && !isOnAws(chapter)).map(readText);
const awsTexts = all.filter(isOnAws).map(readText);
const labTexts = all.filter(isLab).map(readText);
const otherTexts = [
  "README.md",
  "chapters/HOST.md",
  "chapters/GLOSSARY.md",
  "shared/README.md",
  "bench/README.md",
  "bench/reference/README.md",
  "slides/README.md",
].map((file) => ({ file, text: read(file) }));
const texts = [...chapterTexts, ...awsTexts, ...labTexts, ...otherTexts];

function read(file: string): string {
  return readFileSync(join(projectFolder, file), "utf8").replaceAll("\r\n", "\n");
}

// In reading order. The pharmacy has no code to change, and nothing that breaks.
const skeleton = [
  "The problem",
  "Predict",
  "Run it",
  "Change it",
  "Measure again",
  "What we bought, what we paid",
  "Break it",
  "On AWS",
  "Next",
];
const onlyOfPrograms = ["Change it", "Measure again", "Break it", "On AWS"];

// A lab asks one question and answers it. There is nothing to change in it, and no next chapter.
const skeletonOfLabs = ["The question", "Predict", "Run it", "The measured answer", "The fair answer"];

describe.each(labTexts)("the README of $number", ({ text }) => {
  it("has the parts of a lab in their order", () => {
    const parts = [...text.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title);

    expect(parts).toEqual(skeletonOfLabs);
  });
});

describe.each([...chapterTexts, ...awsTexts, ...labTexts])("the README of $number", ({ text }) => {
  it("introduces four new words at most, which the screen can show", () => {
    const wide = 1_000;
    const words = findNewWords(text, wide).filter((line) => line !== "");

    expect(words.length).toBeGreaterThan(0);
    expect(words.length).toBeLessThanOrEqual(4);
  });

  it("asks a question with three choices before the first run", () => {
    const { question = "", choices = [] } = parsePrediction(text) ?? {};

    expect(question).not.toBe("");
    expect(choices.map(({ letter }) => letter)).toEqual(["a", "b", "c"]);
  });
});

describe.each(chapterTexts)("the README of chapter $number", ({ number, text }) => {
  it("has the parts of a chapter in their order", () => {
    const parts = [...text.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title);
    const wanted = number === "00" ? skeleton.filter((part) => !onlyOfPrograms.includes(part)) : skeleton;

    expect(parts.filter((part) => skeleton.includes(part))).toEqual(wanted);
  });

  it("answers its question below it, folded away, if there is a run to compare it with", () => {
    const { choices = [], answer, other } = parsePrediction(text) ?? {};
    const letters = choices.map(({ letter }) => letter);

    expect(number === "00" || letters.includes(answer?.letter ?? "")).toBe(true);
    expect(answer?.reason ?? "-").not.toBe("");
    expect(other?.question ?? "?").toContain("?");
  });

  it("says where each task is done, and how to check it", () => {
    const tasks = courses.find(({ chapter }) => chapter === number)?.tasks ?? [];
    const wanted = tasks.map(({ number: task, title }) => `${task}. **${title}**`);

    expect(wanted.filter((line) => !text.includes(line))).toEqual([]);
    expect(tasks.length === 0 || text.includes(`npm run check ${number}`)).toBe(true);
  });
});

describe.each(texts)("$file", ({ file, text }) => {
  it("names no command that does not exist", () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read("package.json")));
    const named = [...text.matchAll(/\bnpm run (?:-s )?([a-z:]+)/g)].map(([, name = ""]) => name);

    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it("has no broken links, and no missing pictures", () => {
    const links = [
      ...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g),
      ...text.matchAll(/\bsrc(?:set)?="([^"]+)"/g),
    ];
    const broken = links.filter(([, path = "", anchor]) => {
      const target = path === "" ? file : join(dirname(file), path);
      return (
        !existsSync(join(projectFolder, target)) ||
        (anchor !== undefined && !anchorsOf(read(target)).includes(anchor))
      );
    });

    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

/** The anchors that GitHub makes of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s-]/gu, "")
      .replaceAll(/\s/g, "-"),
  );
}

it("06 says where its two lines go, and they use variables that exist there", () => {
  const { name, folder } = all.find(({ number }) => number === "06") ?? { name: "", folder: "" };
  const text = read(`chapters/${name}/README.md`);
  const code = readFileSync(join(folder, "handler.ts"), "utf8");
  const [, body = ""] = /async function activateOnce\((.*?)\n\}/s.exec(code) ?? [];
  const lines = text.split("\n").filter((line) => line.includes("console.log("));
  const used = lines.flatMap(
    (line) => line.replaceAll(/"[^"]*"/g, "").match(/\b(?:activation|ticket)\b/g) ?? [],
  );

  expect(lines).toHaveLength(2);
  expect(new Set(used)).toEqual(new Set(["activation", "ticket"]));
  expect(used.filter((each) => !body.includes(each))).toEqual([]);
  for (const place of ["tickets.read", 'tickets.mark(activation, "provisioning")']) {
    expect(text).toContain(place);
    expect(body).toContain(`await ${place}`);
  }
});

it("02 shows the first verdict in the words of its check", () => {
  const text = read("chapters/02-ticket/README.md");
  const check = read("shared/workshop/course/tasks/02.ts");
  const [, sample = ""] = /^did {7}(.*?)^place/ms.exec(text) ?? [];
  const sentences = sample
    .split(/^(?:expected|saw|why) +/m)
    .map((part) => part.trim().replaceAll(/\s+/g, " "));
  // The check fills in numbers between the words that we compare.
  const worded = sentences.map((sentence) => sentence.split(/\d+(?:\.\d+)?/));

  expect(sentences).toHaveLength(4);
  expect(worded.flat().filter((words) => !check.includes(words))).toEqual([]);
});
