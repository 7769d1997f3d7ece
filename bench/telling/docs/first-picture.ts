import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { readTrace } from "#shared/tracing/activations.ts";
import { readTraceFile, tracesIn } from "#shared/tracing/read.ts";
import { referenceFolder } from "../../figures/kept-results.ts";
import { oneKill } from "../charts/animated/one-kill.ts";
import { darkTheme, lightTheme } from "#shared/picture/theme.ts";
import { pictureFile, pictureTag, themes } from "./tables.ts";

const name = "one-kill";
// The picture compares work in memory with work that a queue keeps and a lease protects.
const rows = ["02", "07"] as const;

/** Draws the project's first picture from the reference's traces of the day, and removes it if there are none. */
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

/** The reference's first picture for the project's README, with the texts in it. Empty if there is none. */
export function firstPicture(root = projectFolder): string {
  const file = join(referenceFolder(root), pictureFile(name, "light"));
  if (!existsSync(file)) {
    return "";
  }
  const [, title = ""] = /<title>([^<]*)<\/title>/.exec(readFileSync(file, "utf8")) ?? [];
  return pictureTag(name, `${title}.`);
}
