import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { UsageError } from "#shared/command.ts";
import { didYouMean } from "#shared/did-you-mean.ts";

export interface Chapter {
  /** What the user types: "03", or the whole name where there is no number. */
  number: string;
  /** "03-queue" */
  name: string;
  folder: string;
}

/** What the launcher must know about a chapter before it starts. */
export interface ChapterParts {
  templateFile: string;
  /** Names of the template's parameters. */
  parameters: string[];
  hasFunction: boolean;
  /** A function that no event starts: a process of the chapter invokes it. */
  hasInvokedFunction: boolean;
  hasWorker: boolean;
  hasRedrive: boolean;
  /** A process that holds the tables, in place of the embedded DynamoDB. */
  hasStore: boolean;
}

/** The project's root, wherever a command was started. */
export const projectFolder = fileURLToPath(new URL("../../", import.meta.url));
const chaptersFolder = join(projectFolder, "chapters");
// A participant's own copy of a chapter.
const mine = "mine";

/** All chapters in their order, and the participant's own if there is one. */
export function listChapters(): Chapter[] {
  const names = existsSync(chaptersFolder) ? readdirSync(chaptersFolder).toSorted() : [];
  return [...names.map((name) => join(chaptersFolder, name)), join(projectFolder, mine)]
    .filter((folder) => existsSync(join(folder, "main.ts")))
    .map(named);
}

/**
 * Finds a chapter by "3", "03", "03-queue" or "mine". Throws a {@link UsageError} that names all chapters, and what may have been
 * meant: `others` are words that the command takes in a chapter's place.
 */
export function findChapter(word: string, others: readonly string[] = []): Chapter {
  const chapters = listChapters();
  const found = chapters.find(({ number, name }) =>
    [number, name].includes(/^\d$/.test(word) ? `0${word}` : word),
  );
  if (found === undefined && word === mine) {
    throw new UsageError(
      "Expected a chapter in mine/, found none; `npm run begin 02` makes it your copy of 02.",
    );
  }
  if (found === undefined) {
    const known = chapters.map(({ number }) => number).join(", ");
    const names = [...chapters.flatMap(({ number, name }) => [number, name]), mine, ...others];
    throw new UsageError(
      `Expected one of the chapters ${known}, got ${word.slice(0, 40) || "nothing"}.${didYouMean(word, names)}`,
    );
  }
  return found;
}

/** The chapter in a folder, absolute or named as below chapters/. Throws a {@link UsageError}. */
export function chapterIn(folder: string): Chapter {
  if (!isAbsolute(folder)) {
    return findChapter(folder);
  }
  if (!existsSync(join(folder, "main.ts"))) {
    throw new UsageError(`Expected a chapter with a main.ts in ${folder}, found none; give another folder.`);
  }
  return named(folder);
}

function named(folder: string): Chapter {
  const name = basename(folder);
  return { number: /^\d\d(?=-)/.exec(name)?.[0] ?? name, name, folder };
}

/** Reads what a chapter consists of. Throws a {@link UsageError} for one without a template, which runs by itself. */
export function readParts({ folder, name, number }: Chapter): ChapterParts {
  const has = (file: string) => existsSync(join(folder, file));
  const templateFile = join(folder, "template.yaml");
  if (!existsSync(templateFile)) {
    throw new UsageError(
      `Expected a template.yaml in ${name}, found none: it has no processes to start; \`npm run chapter ${number}\` runs it.`,
    );
  }
  // Whether the template is right is for the embedded AWS to say, with the line; here it is only skimmed.
  const skimmed: unknown = parseDocument(readFileSync(templateFile, "utf8"), { logLevel: "silent" }).toJS();
  const template = asRecord(skimmed);
  const functions = Object.values(asRecord(template["Resources"])).filter(
    (resource) => asRecord(resource)["Type"] === "AWS::Serverless::Function",
  );
  return {
    templateFile,
    parameters: Object.keys(asRecord(template["Parameters"])),
    hasFunction: functions.length > 0,
    hasInvokedFunction: functions.some((resource) => {
      const properties = asRecord(asRecord(resource)["Properties"]);
      return !("Events" in properties || "FunctionUrlConfig" in properties);
    }),
    hasWorker: has("worker.ts"),
    hasRedrive: has("redrive.ts"),
    hasStore: has("store.ts"),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
