import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import * as z from "zod";
import { UsageError } from "#shared/command.ts";
import { findChapter, projectFolder } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { courseFiles, isEditorsOwn, linesOfTask, openingWords, readPlaces, startFilesOf } from "./places.ts";

/** The folder where a participant works. */
export const mineFolder = join(projectFolder, "mine");
const savedFolder = join(projectFolder, ".workshop", "saved");
const begunFile = ".begun.json";

const begunSchema = z.object({
  /** "04" */
  chapter: z.string(),
  /** "04-lambda" */
  name: z.string(),
  begunAt: z.iso.datetime(),
  /** Each file's hash at that time. What differs is the participant's work. */
  hashes: z.record(z.string(), z.string()),
});
export type Begun = z.infer<typeof begunSchema>;

/** What was in mine/ before. */
export type Former = { kind: "none" } | { kind: "unchanged" } | { kind: "saved"; name: string };

/**
 * Fills mine/ with the start of a chapter. First copies what a participant has changed, and verifies the copy, so that a later
 * failure loses nothing. Keeps the folder itself: on Windows a terminal or an editor in it would prevent moving it; and a link
 * stays a link. Throws a {@link UsageError} if mine/ is not a folder, or contains what can't be copied.
 */
export function begin(chapter: Chapter, now = new Date(), mine = mineFolder, saved = savedFolder): Former {
  const folder = folderBehind(mine);
  const texts = startOf(chapter, folder, now);
  const former = save(now, folder, saved);
  replace(folder, former, () => writeAll(texts, folder));
  return former;
}

/** Names of the saved copies, the newest last. */
export function listSaved(saved = savedFolder): string[] {
  return existsSync(saved) ? readdirSync(saved).toSorted() : [];
}

/** Restores a saved mine/, by default the newest, after saving the present one. Throws a {@link UsageError}. */
export function bringBack(
  wanted: string | undefined,
  now = new Date(),
  mine = mineFolder,
  saved = savedFolder,
): { name: string; former: Former } {
  const folder = folderBehind(mine);
  const names = listSaved(saved);
  const name = wanted ?? names.at(-1);
  if (name === undefined) {
    throw new UsageError("Nothing is saved yet: `npm run begin 02` saves what you have changed in mine/.");
  }
  if (!names.includes(name)) {
    throw new UsageError(
      `Expected one of ${names.join(", ") || "no name, since nothing is saved"}, got ${name}.`,
    );
  }
  const former = save(now, folder, saved);
  replace(folder, former, () => cpSync(join(saved, name), folder, { recursive: true }));
  return { name, former };
}

/** The chapter that a folder was begun as. Undefined if it contains none. */
export function readBegun(folder = mineFolder): Begun | undefined {
  try {
    return begunSchema.parse(JSON.parse(readFileSync(join(folder, begunFile), "utf8")));
  } catch {
    return undefined;
  }
}

/** The chapter that a word names. Without a word, or with `mine`, the one that mine/ was begun as. Throws a {@link UsageError}. */
export function whichChapter(word: string | undefined, folder = mineFolder): Chapter {
  if (word !== undefined && word !== "mine") {
    return findChapter(word);
  }
  return findChapter(needBegun("02", folder));
}

/** Throws a {@link UsageError} if mine/ is not a copy of this chapter. */
export function needCopyOf({ number }: Pick<Chapter, "number">, folder = mineFolder): void {
  const begun = needBegun(number, folder);
  if (begun !== number) {
    throw new UsageError(
      `Expected mine/ to be your copy of ${number}, but it is one of ${begun}: \`npm run check ${begun}\` checks that, ` +
        `\`npm run begin ${number}\` begins ${number} and saves first what you have changed.`,
    );
  }
}

function needBegun(suggested: string, folder: string): string {
  const begun = readBegun(folder);
  if (begun === undefined) {
    throw new UsageError(
      `There is no copy of a chapter in mine/ yet: \`npm run begin ${suggested}\` makes one.`,
    );
  }
  return begun.chapter;
}

/** The place of a task in a participant's copy: "mine/handler.ts:31". Only the file if its marker is gone. */
export function placeOf(task: { number: number; file: string }, folder = mineFolder): string {
  const path = join(folder, task.file);
  const [line] = existsSync(path) ? linesOfTask(readFileSync(path, "utf8"), task.number) : [];
  return `mine/${task.file}${line === undefined ? "" : `:${line}`}`;
}

/** The tasks of a newly begun copy by their opening words, with all their places. */
export function placesOf(folder = mineFolder): Map<string, string[]> {
  const all = courseFiles({ folder }).flatMap((file) =>
    readPlaces(readFileSync(join(folder, file), "utf8"), file).map((place) => ({ ...place, file })),
  );
  const places = new Map<string, string[]>();
  for (const place of all.toSorted((a, b) => a.task - b.task)) {
    const words = openingWords(place);
    places.set(words, [...(places.get(words) ?? []), `mine/${place.file}:${place.line}`]);
  }
  return places;
}

/** Writes a chapter into an existing folder as a participant begins it: its files, or the start files in their place. */
export function writeStart(chapter: Chapter, into: string, now = new Date()): void {
  writeAll(startOf(chapter, into, now), into);
}

function startOf(chapter: Chapter, into: string, now: Date): Map<string, string> {
  const starts = new Map(startFilesOf(chapter).map(({ file, text }) => [file, text]));
  const read = (file: string) => readFileSync(join(chapter.folder, file), "utf8");
  const texts = new Map(courseFiles(chapter).map((file) => [file, starts.get(file) ?? read(file)]));
  const root = relative(into, projectFolder).replaceAll("\\", "/");
  texts.set("tsconfig.json", json({ extends: `${root}/tsconfig.json`, include: ["."] }));
  const begun: Begun = {
    chapter: chapter.number,
    name: chapter.name,
    begunAt: now.toISOString(),
    hashes: Object.fromEntries([...texts].map(([file, text]) => [file, hash(text)])),
  };
  return texts.set(begunFile, json(begun));
}

function writeAll(texts: ReadonlyMap<string, string>, into: string): void {
  for (const [file, text] of texts) {
    writeFileSync(join(into, file), text);
  }
}

/** If anything fails, the error says where the participant's work is. */
function replace(folder: string, former: Former, write: () => void): void {
  try {
    emptyFolder(folder);
    write();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      former.kind === "saved"
        ? `${message} What was in mine/ is saved as ${former.name}: \`npm run begin back ${former.name}\`.`
        : message,
      { cause },
    );
  }
}

function save(now: Date, folder: string, saved: string): Former {
  const files = listFiles(folder);
  if (files.length === 0) {
    return { kind: "none" };
  }
  const begun = readBegun(folder);
  if (begun !== undefined && isUnchanged(folder, files, begun)) {
    return { kind: "unchanged" };
  }
  const time = now.toISOString().slice(0, 19).replaceAll(":", "-");
  const first = `${time}-${begun?.chapter ?? "unknown"}`;
  const taken = new Set(listSaved(saved));
  const later = Array.from({ length: taken.size + 1 }, (_, index) => `${first}-${index + 2}`);
  const name = [first, ...later].find((each) => !taken.has(each)) ?? first;
  copyWhole(folder, join(saved, name));
  return { kind: "saved", name };
}

function isUnchanged(folder: string, files: readonly string[], { hashes }: Begun): boolean {
  const own = files.filter((file) => file !== begunFile && !isEditorsOwn(basename(file)));
  return (
    own.length === Object.keys(hashes).length &&
    own.every(
      (file) =>
        Object.hasOwn(hashes, file) && hashes[file] === hash(readFileSync(join(folder, file), "utf8")),
    )
  );
}

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

// An editor may have changed the line endings, which is not work that could be lost.
const hash = (text: string) => createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");

/** The folder itself, or the one behind a link. Throws a {@link UsageError} if there is something else in its place. */
function folderBehind(folder: string): string {
  const isThere = lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
  const found = statSync(folder, { throwIfNoEntry: false });
  if (isThere && found?.isDirectory() !== true) {
    const what = found === undefined ? "a link that leads nowhere" : "something else";
    throw new UsageError(`Expected ${basename(folder)}/ to be a folder, got ${what}; move it away.`);
  }
  return isThere ? realpathSync(folder) : folder;
}

/** Every file below a folder, by its relative path. None if there is no folder. Throws a {@link UsageError} for what can't be saved. */
function listFiles(folder: string): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = relative(folder, join(entry.parentPath, entry.name));
    const leadsNowhere = entry.isSymbolicLink() && !existsSync(join(folder, path));
    if (leadsNowhere && isEditorsOwn(entry.name)) {
      return [];
    }
    if (leadsNowhere) {
      throw new UsageError(
        `Expected files and folders in mine/, got ${path}, a link that leads nowhere; remove it.`,
      );
    }
    if (!entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink()) {
      throw new UsageError(
        `Expected files and folders in mine/, got ${path}, which is neither; move it away.`,
      );
    }
    return entry.isDirectory() ? [] : [path];
  });
}

/**
 * Copies a folder to a free place, including the files that links lead to. The copy gets its name only once it is complete and
 * equal to the folder.
 */
function copyWhole(from: string, to: string): void {
  const part = join(dirname(to), "..", `saving-${basename(to)}`);
  rmSync(part, { recursive: true, force: true });
  try {
    copyFollowing(from, part);
  } catch (cause) {
    rmSync(part, { recursive: true, force: true });
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Expected to save mine/ first, but: ${message}. Nothing was changed.`, { cause });
  }
  const different = listFiles(from).find((file) => !isSame(join(from, file), join(part, file)));
  if (different !== undefined) {
    rmSync(part, { recursive: true, force: true });
    throw new Error(
      `Expected the copy of mine/ to be like it, but ${different} differs: does something write to it? Nothing was changed.`,
    );
  }
  mkdirSync(dirname(to), { recursive: true });
  renameSync(part, to);
}

// By hand: Node 24's cpSync copies a link below the folder as a link, whatever its options.
function copyFollowing(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (isEditorsOwn(name) && !existsSync(source)) {
      continue;
    }
    if (statSync(source).isDirectory()) {
      copyFollowing(source, target);
    } else {
      copyFileSync(source, target);
    }
  }
}

function isSame(file: string, copy: string): boolean {
  const [original, copied] = [statSync(file), lstatSync(copy, { throwIfNoEntry: false })];
  return original.isDirectory()
    ? copied?.isDirectory() === true &&
        readdirSync(file).every((name) => isSame(join(file, name), join(copy, name)))
    : copied?.isFile() === true && readFileSync(file).equals(readFileSync(copy));
}

/** Removes everything in a folder, and creates the folder if it is missing. Throws an error that names what could not be removed. */
function emptyFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    try {
      const path = join(folder, name);
      if (lstatSync(path).isSymbolicLink()) {
        // Node 24's rmSync doesn't remove a link to nowhere, such as an editor's lock.
        unlinkSync(path);
        continue;
      }
      // Windows refuses to remove what an editor or a virus scanner has open, often only for a moment.
      rmSync(path, { recursive: true, maxRetries: 5, retryDelay: 100 });
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
      throw new Error(
        `Expected to remove ${name} from ${basename(folder)}/, but something holds it${code}; close that, then try again.`,
        { cause },
      );
    }
  }
}
