import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import { projectFolder } from "#shared/run/chapters.ts";

const folders = ["bench", "chapters", "shared"];
// A test or its helper that needs Linux says so itself, with `skipIf`.
const sources = folders.flatMap((folder) =>
  readdirSync(join(projectFolder, folder), { recursive: true, encoding: "utf8" })
    .filter(
      (file) =>
        /\.m?ts$/.test(file) &&
        !file.endsWith(".test.ts") &&
        !/(^|[\\/])testing[\\/]|^(results|reference)\b/.test(file) &&
        // It looks where each system installs browsers, and starts the first that it finds.
        !/^picture[\\/]browser\.ts$/.test(file),
    )
    .map((file) => join(projectFolder, folder, file)),
);

it.each([
  ["a shell", /\bshell: true|\bimport \{[^}]*\bexec(?:Sync)?\b[^}]*\} from "node:child_process"/],
  ["symbolic links, for which Windows wants an administrator", /\bsymlink(?:Sync)?\(/],
  ["signals that Windows lacks", /"SIG(?:STOP|CONT|USR1|USR2|TSTP|PIPE|ALRM)"/],
  ["folders that only Unix has", /["'`]\/(?:tmp|dev|proc|bin|usr)\//],
])("no program needs %s", (_, pattern) => {
  const found = sources.filter((file) => pattern.test(readFileSync(file, "utf8")));

  expect(found.map((file) => relative(projectFolder, file))).toEqual([]);
});

it("has scripts that cmd.exe understands as well as sh", () => {
  const { scripts } = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };

  // Both can run commands one after another, but share no variables, quotes, pipes, redirections or single `&`.
  const isPlain = (script: string) => /^[\w:./= -]+$/.test(script.replaceAll(" && ", " "));
  expect(Object.entries(scripts).filter(([, script]) => !isPlain(script))).toEqual([]);
});

it("is checked out with the same line endings everywhere", () => {
  expect(readFileSync(join(projectFolder, ".gitattributes"), "utf8")).toMatch(/^\* text=auto eol=lf$/m);
});

it("has no file beside a folder of the same name: a reader would not know where to look", () => {
  const folderOf = (file: string) => file.replace(/\.\w+$/, "");

  expect(
    sources.filter((file) => existsSync(folderOf(file))).map((file) => relative(projectFolder, file)),
  ).toEqual([]);
});
