import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import type { Chapter } from "#shared/run/chapters.ts";
import { decisions } from "#shared/tracing/decisions.ts";
import type { CodePlaces } from "#shared/tracing/decisions.ts";
import { codeLines, onlyLineLike } from "../course/quotation.ts";

const tableName = "decisions.yaml";
// By file of the chapter's folder: each kind of decision, and the line that makes it.
const tableSchema = z.record(z.string(), z.partialRecord(z.enum(decisions), z.string()));

/**
 * The line of each kind of decision in a chapter's code, as quoted by its decisions.yaml. Empty for a chapter without one, such as
 * `mine`. Throws an error that names the file if a quotation matches no line of it, or two.
 */
export function readCodePlaces({ name, folder }: Pick<Chapter, "name" | "folder">): CodePlaces {
  const path = join(folder, tableName);
  if (!existsSync(path)) {
    return {};
  }
  const table = tableSchema.parse(parse(readFileSync(path, "utf8")));
  return Object.fromEntries(
    Object.entries(table).flatMap(([file, quotations]) => {
      const lines = codeLines(join(folder, file));
      const shown = `chapters/${name}/${file}`;
      return Object.entries(quotations).map(([decision, words]) => [
        decision,
        { file: shown, line: onlyLineLike(words, lines, shown).number },
      ]);
    }),
  );
}
