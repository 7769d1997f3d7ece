import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import * as z from "zod";

/** The lengths of the deck: minutes, or everything. */
export const lengths = ["20", "90", "full"] as const;
export type Length = (typeof lengths)[number];

/** How long each may take. `full` is everything but the exercises. */
export const limitMinutes: Record<Length, number> = { "20": 20, "90": 90, full: 75 };

/** The layouts that a slide can have, as in `theme.css`. */
const layouts = ["plain", "title", "statement", "columns", "picture", "code", "exercise"] as const;

const secondsSchema = z.number().min(5).max(3_600);
const frontMatterSchema = z.strictObject({
  title: z.string().min(1),
  layout: z.enum(layouts).default("plain"),
  /** The decks that contain it, and for how many seconds. */
  seconds: z.strictObject({
    "20": secondsSchema.optional(),
    "90": secondsSchema.optional(),
    full: secondsSchema.optional(),
  }),
  /** What must be true of the results for the slide to hold: "02 sooner at least 10". */
  claims: z.array(z.string()).default([]),
  /** The items of its lists appear one by one. */
  steps: z.boolean().default(false),
});

/** One slide as its file describes it. */
export interface Slide extends z.infer<typeof frontMatterSchema> {
  /** Relative to the folder of all slides. */
  file: string;
  /** Its place in this deck, from 1. */
  number: number;
  /** In this deck. */
  spokenSeconds: number;
  /** Markdown. */
  body: string;
  notes: string;
  /** Where each of them begins in the file. */
  firstLines: { body: number; notes: number };
}

/** A slide asks for something unknown, or has the wrong form. The message: expected, got, what to do. */
export class StoryError extends Error {
  override readonly name = "StoryError";
  /** The line of the wrong text, counted from 1. Undefined if all of it is wrong. */
  readonly line: number | undefined;

  constructor(message: string, { line, cause }: { line?: number | undefined; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.line = line;
  }
}

/** The slides of a deck in order. Throws {@link StoryError} for one of the wrong form. */
export function readStory(folder: string, length: Length): Slide[] {
  const files = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith(".md"));
  const slides: Slide[] = [];
  for (const file of files.toSorted()) {
    const text = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
    const written = readSlide(text, file, slides.length + 1);
    const spokenSeconds = written.seconds[length];
    if (spokenSeconds !== undefined) {
      slides.push({ ...written, number: slides.length + 1, spokenSeconds });
    }
  }
  if (slides.length === 0) {
    throw new StoryError(
      `Expected slides for \`${length}\` in ${folder}, found none; restore that folder from git.`,
    );
  }
  return slides;
}

function readSlide(text: string, file: string, number: number): Omit<Slide, "number" | "spokenSeconds"> {
  const fail = (message: string) => new StoryError(`Slide ${number} (slides/story/${file}): ${message}`);
  const [, yaml, rest = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  if (yaml === undefined) {
    throw fail("expected it to begin with front matter between two lines of `---`, found none; add it.");
  }
  const document = parseDocument(yaml);
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) {
    const [line = ""] = broken.message.split("\n");
    throw fail(`expected YAML as front matter, got: ${line}; fix it.`);
  }
  const parsed = frontMatterSchema.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") ?? "";
    throw fail(`the front matter's \`${where}\` is wrong: ${issue?.message}; fix it.`);
  }
  if (!lengths.some((length) => parsed.data.seconds[length] !== undefined)) {
    throw fail("expected `seconds` for 20, 90 or full, got none: no deck has it; add one.");
  }
  const [body = "", notes, ...more] = rest.split(/^## Notes$/m);
  if (notes === undefined || notes.trim() === "" || more.length > 0) {
    throw fail("expected one `## Notes` with what is said, at the end; add it.");
  }
  if ((body.match(/^(```|~~~)/gm)?.length ?? 0) % 2 !== 0) {
    throw fail("expected each block to end with ``` as it begins; one does not; end it.");
  }
  const lineOf = (end: string) => text.slice(0, text.length - end.trimStart().length).split("\n").length;
  const firstLines = { body: lineOf(rest), notes: lineOf(notes) };
  return { ...parsed.data, file, body: body.trim(), notes: notes.trim(), firstLines };
}

/** An error in this slide, which the message names. */
export function errorOf({ number, title, file }: Slide, cause: Error): StoryError {
  const message = cause.message.charAt(0).toLowerCase() + cause.message.slice(1);
  const line = cause instanceof StoryError && cause.line !== undefined ? `:${cause.line}` : "";
  return new StoryError(`Slide ${number}, "${title}" (slides/story/${file}${line}): ${message}`, { cause });
}
