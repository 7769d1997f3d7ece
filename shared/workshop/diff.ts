// `npm run diff 03 04` shows how a chapter became the next: that is the lesson.
import { findChapter } from "#shared/run/chapters.ts";
import { countDiff, diffChapters } from "./chapter-diff.ts";
import type { FileDiff, LineCount } from "./chapter-diff.ts";
import { needWords, readCommand, runCommand } from "./words.ts";

const usage = "npm run diff 03 04";
const columns = 80;

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  const [before, after] = needWords(words, ["a chapter", "another"], usage).map(
    (word) => findChapter(word).folder,
  );
  const paint = painter(process.stdout.isTTY && !env["NO_COLOR"]);

  const files = diffChapters(before ?? "", after ?? "");
  const { code, template } = countDiff(before ?? "", after ?? "");
  const lines = [
    ...files.flatMap((file) => describe(file, paint)),
    `${total(code)} lines of code differ (${signed(code)}), and ${total(template)} of template.yaml (${signed(template)}),`,
    "without tests, comments and blank lines.",
  ];
  console.log(lines.join("\n"));
});

type Paint = (style: keyof typeof codes, text: string) => string;
const codes = { bold: "1", dim: "2", red: "31", green: "32" };

function painter(isColoured: boolean): Paint {
  return (style, text) => (isColoured ? `\u001B[${codes[style]}m${text}\u001B[0m` : text);
}

function describe({ file, kind, hunks }: FileDiff, paint: Paint): string[] {
  const title = `── ${file}${kind === "changed" ? "" : ` (${kind})`} `;
  const body = hunks.map(({ oldStart, newStart, lines }) => {
    const place = kind === "changed" ? [paint("dim", `   line ${oldStart} -> ${newStart}`)] : [];
    return [
      ...place,
      ...lines.filter((line) => !line.startsWith("\\")).map((line) => paintLine(line, paint)),
      "",
    ];
  });
  return [paint("bold", title.padEnd(columns, "─")), ...body.flat()];
}

function paintLine(line: string, paint: Paint): string {
  const [sign = " ", text] = [line[0], line.slice(1)];
  // Room after the sign, so that the code stands as in the file.
  const spaced = `${sign} ${text}`.trimEnd();
  return sign === "+" ? paint("green", spaced) : sign === "-" ? paint("red", spaced) : paint("dim", spaced);
}

function signed({ added, removed }: LineCount): string {
  return `+${added} -${removed}`;
}

function total({ added, removed }: LineCount): number {
  return added + removed;
}
