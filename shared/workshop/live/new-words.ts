import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { wrap } from "#shared/command.ts";

const indent = "  ";

/** The words that a chapter's README brings in, each in as many lines as it takes; empty if it has none. */
export function readNewWords(folder: string, columns: number): string[] {
  const file = join(folder, "README.md");
  return existsSync(file) ? findNewWords(readFileSync(file, "utf8"), columns) : [];
}

/** The list below "New words:", without the marks of Markdown. */
export function findNewWords(text: string, columns: number): string[] {
  const [, after = ""] = text.replaceAll("\r\n", "\n").split(/^New words?:.*\n/m);
  const list = /^\s*(?:- .*\n(?: {2}.*\n?)*)+/.exec(`${after}\n`)?.[0] ?? "";
  return list
    .split(/^- /m)
    .map((item) => plain(item.replaceAll(/\s+/g, " ").trim()))
    .filter((item) => item !== "")
    .flatMap((item) =>
      wrap(item, columns - indent.length)
        .replaceAll("\n", `\n${indent}`)
        .split("\n"),
    );
}

function plain(text: string): string {
  return text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/\*+|`/g, "");
}
