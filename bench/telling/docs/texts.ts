import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { newWordItems } from "#shared/workshop/readme.ts";
import { isLab, onAws } from "../../plan/rows.ts";

/** What a chapter's README says about it, in its title and in one line. The project's README repeats it. */
export interface ChapterText {
  /** "03", or the whole name of a lab. */
  number: string;
  /** "03-queue" */
  name: string;
  title: string;
  /** Without a full stop. Undefined if nothing is left to break. */
  breaks?: string;
  /** Whether it has an endpoint that the benchmark measures: all but the pharmacy have. */
  isMeasured: boolean;
}

/** A README can't be read as a chapter's. The message says what it lacks. */
export class TextError extends Error {
  override readonly name = "TextError";
}

/** Relative to the root, with slashes on every system. */
export const readmeFile = (chapter?: ChapterText) =>
  chapter === undefined ? "README.md" : `chapters/${chapter.name}/README.md`;

/** All chapters in order, except the one on AWS, or all labs. Throws {@link TextError}. */
export function readChapterTexts(
  root = projectFolder,
  which: "chapters" | "labs" = "chapters",
): ChapterText[] {
  const isWanted = which === "labs" ? isLab : (name: string) => /^\d\d-/.test(name) && name !== onAws;
  const names = readdirSync(join(root, "chapters")).filter(isWanted);
  return names.toSorted().map((name) => {
    const file = `chapters/${name}/README.md`;
    return {
      ...chapterText(name, readFileSync(join(root, file), "utf8"), file),
      isMeasured: existsSync(join(root, "chapters", name, "template.yaml")),
    };
  });
}

/** Reads the title, `# 03 · The queue keeps the work` or `# Lab · Why a queue?`, and the line `**Still breaks:** it is slow.` */
export function chapterText(name: string, text: string, file: string): Omit<ChapterText, "isMeasured"> {
  const number = isLab(name) ? name : name.slice(0, 2);
  const sign = isLab(name) ? "Lab" : number;
  const title = new RegExp(`^# ${sign} · (.+)$`, "m").exec(text)?.[1];
  if (title === undefined) {
    throw new TextError(`Expected ${file} to begin with \`# ${sign} · its idea\`; give it such a title.`);
  }
  const breaks = /^\*\*Still breaks:\*\* (.+?)\.?$/m.exec(text)?.[1];
  return { number, name, title, ...(breaks !== undefined && { breaks }) };
}

/** A word of the course, and its explanation in the chapter that introduces it. */
export interface GlossaryWord {
  /** "**dead-letter queue** (DLQ)"; Markdown, like the meaning. */
  word: string;
  meaning: string;
  chapter: string;
}

/** The new words of all chapters except 08 and the labs, in alphabetical order. Throws {@link TextError}. */
export function readGlossary(root = projectFolder): GlossaryWord[] {
  return glossaryOf(
    readChapterTexts(root).map((chapter) => ({
      chapter: chapter.name,
      text: readFileSync(join(root, readmeFile(chapter)), "utf8"),
    })),
  );
}

/** Each word once. If two chapters introduce it, the later one explains it. Throws {@link TextError}. */
export function glossaryOf(readmes: readonly { chapter: string; text: string }[]): GlossaryWord[] {
  const words = new Map<string, GlossaryWord>();
  for (const { chapter, text } of readmes) {
    for (const item of newWordItems(text)) {
      const [, word, meaning] = /^(\*\*.+?\*\*.*?): (.+)$/.exec(item) ?? [];
      if (word === undefined || meaning === undefined) {
        throw new TextError(
          `Expected each new word of ${chapter} as \`- **word**: what it means\`, got ${item.slice(0, 60)}.`,
        );
      }
      words.set(word, { word, meaning, chapter });
    }
  }
  // Without the stars, which would sort "activation time" before "activation".
  const spoken = ({ word }: GlossaryWord) => word.replaceAll("*", "");
  return [...words.values()].toSorted((a, b) => spoken(a).localeCompare(spoken(b), "en"));
}
