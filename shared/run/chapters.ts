import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { UsageError } from "#shared/command.ts";
import { didYouMean } from "#shared/did-you-mean.ts";

export interface Chapter {
  /** What the user types: "03", or the whole name if it has no number. */
  number: string;
  /** "03-queue" */
  name: string;
  folder: string;
}

/** What the launcher has to know about a chapter before it starts. */
export interface ChapterParts {
  templateFile: string;
  /** Names of the template's parameters. */
  parameters: string[];
  hasFunction: boolean;
  /** A function without an event: a process of the chapter invokes it. */
  hasInvokedFunction: boolean;
  hasWorker: boolean;
  hasRedrive: boolean;
  /** A process that holds the tables, in place of the embedded DynamoDB. */
  hasStore: boolean;
}

/** The project's root, whatever the current folder. */
export const projectFolder = fileURLToPath(new URL("../../", import.meta.url));
const chaptersFolder = join(projectFolder, "chapters");
// The participant's copy of a chapter.
const mine = "mine";

/** All chapters in order, and the participant's copy if there is one. */
export function listChapters(): Chapter[] {
  const names = existsSync(chaptersFolder) ? readdirSync(chaptersFolder).toSorted() : [];
  return [...names.map((name) => join(chaptersFolder, name)), join(projectFolder, mine)]
    .filter((folder) => existsSync(join(folder, "main.ts")))
    .map(named);
}

/**
 * Finds a chapter by "3", "03", "03-queue" or "mine". Throws a {@link UsageError} that lists all chapters and the nearest words.
 * `others` are words that the command accepts in place of a chapter.
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

/** The chapter in a folder, given by its absolute path or its name below chapters/. Throws a {@link UsageError}. */
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

/** Reads what a chapter consists of. Throws a {@link UsageError} for one without a template, which needs no launcher. */
export function readParts({ folder, name, number }: Chapter): ChapterParts {
  const has = (file: string) => existsSync(join(folder, file));
  const templateFile = join(folder, "template.yaml");
  if (!existsSync(templateFile)) {
    throw new UsageError(
      `Expected a template.yaml in ${name}, found none: it has no processes to start; \`npm run chapter ${number}\` runs it.`,
    );
  }
  // Only skims the template: the embedded AWS reports its mistakes, with their lines.
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
