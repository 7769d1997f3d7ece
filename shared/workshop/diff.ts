// `npm run diff 03 04` shows how a chapter became the next, which is the lesson. `html` makes a page of it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { cwd } from "node:process";
import { findChapter, projectFolder } from "#shared/run/chapters.ts";
import { countDiff, diffChapters } from "./course/chapter-diff.ts";
import type { FileDiff, LineCount } from "./course/chapter-diff.ts";
import { diffPage } from "./course/diff-page.ts";
import { painter } from "./terminal/paint.ts";
import type { Paint } from "./terminal/paint.ts";
import { needWords, readCommand, runCommand } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";

const usage = usageOf("diff");
const columns = 80;

runCommand(async (argv, env) => {
  const { words, flags } = readCommand({ usage, flags: { html: "switch" } }, argv, env);
  const [first, second] = needWords(words, ["a chapter", "another"], usage);
  const [before, after] = [findChapter(first), findChapter(second)];
  const paint = painter(process.stdout.isTTY && !env["NO_COLOR"]);

  const files = diffChapters(before.folder, after.folder);
  const { code, template } = countDiff(before.folder, after.folder);
  const summary = [
    `${total(code)} lines of code differ (${signed(code)}), and ${total(template)} of template.yaml (${signed(template)}),`,
    "without tests, comments and blank lines.",
  ];
  if (flags.html === true) {
    const folder = join(projectFolder, ".workshop");
    const page = join(folder, `diff-${before.number}-${after.number}.html`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(page, diffPage(`From ${before.name} to ${after.name}`, files, summary.join(" ")));
    console.log(`Open it in a browser: ${relative(cwd(), page)}`);
    return;
  }
  console.log([...files.flatMap((file) => describe(file, paint)), ...summary].join("\n"));
});

function describe({ file, kind, hunks }: FileDiff, paint: Paint): string[] {
  const title = `── ${file}${kind === "changed" ? "" : ` (${kind})`} `;
  const body = hunks.map(({ oldStart, newStart, lines }) => {
    const place = kind === "changed" ? [paint("cyan", `   line ${oldStart} -> ${newStart}`)] : [];
    return [...place, ...lines.map((line) => paintLine(line, paint)), ""];
  });
  return [paint("bold", title.padEnd(columns, "─")), ...body.flat()];
}

function paintLine(line: string, paint: Paint): string {
  const [sign = " ", text] = [line[0], line.slice(1)];
  // A space after the sign, so that the code is indented as in the file.
  const spaced = `${sign} ${text}`.trimEnd();
  return sign === "+" ? paint("green", spaced) : sign === "-" ? paint("red", spaced) : spaced;
}

function signed({ added, removed }: LineCount): string {
  return `+${added} -${removed}`;
}

function total({ added, removed }: LineCount): number {
  return added + removed;
}
