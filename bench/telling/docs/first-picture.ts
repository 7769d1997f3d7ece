import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { readTrace } from "#shared/trace/activations.ts";
import { readTraceFile, tracesIn } from "#shared/trace/read.ts";
import { referenceFolder } from "../../figures/kept-results.ts";
import { oneKill } from "../charts/animated/one-kill.ts";
import { darkTheme, lightTheme } from "#shared/picture/theme.ts";
import { pictureFile, pictureTag, themes } from "./tables.ts";

const name = "one-kill";
// What the picture is about: work in memory, and work that a queue keeps and a lease guards.
const rows = ["02", "07"] as const;

/** Draws the project's first picture from the reference's traces of the day; without them there is none. */
export async function drawFirstPicture(root = projectFolder): Promise<void> {
  const folder = referenceFolder(root);
  const [first, second] = await Promise.all(
    rows.map(async (row) => {
      const kept = tracesIn(folder).find((trace) => trace.row === row && trace.part === "day");
      return kept && readTrace(await readTraceFile(kept.file));
    }),
  );
  const picture = first && second && oneKill([first, second]);
  for (const theme of themes) {
    const file = join(folder, pictureFile(name, theme));
    if (picture === undefined) {
      rmSync(file, { force: true });
    } else {
      writeFileSync(file, picture.svg(theme === "light" ? lightTheme : darkTheme));
    }
  }
}

/** The reference's first picture for the project's README; empty if it has none. Its words are its own. */
export function firstPicture(root = projectFolder): string {
  const file = join(referenceFolder(root), pictureFile(name, "light"));
  if (!existsSync(file)) {
    return "";
  }
  const [, title = ""] = /<title>([^<]*)<\/title>/.exec(readFileSync(file, "utf8")) ?? [];
  return pictureTag(name, `${title}.`);
}
