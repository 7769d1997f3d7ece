import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";

const copied = [
  "package.json",
  "shared/run/build/build.ts",
  "shared/run/build/bundle.ts",
  "shared/run/build/cache.mjs",
  "shared/run/build/packages.mjs",
  "shared/run/build/start.mjs",
  "shared/run/end-with-npm.mjs",
  "shared/whole-file.ts",
];

/** In this folder, a copy of what builds and runs commands, with a cache of its own and with our packages. */
export async function otherProject(folder: string) {
  for (const file of copied) {
    await cp(join(projectFolder, file), join(folder, file));
  }
  const [ours, packages] = [join(projectFolder, "node_modules"), join(folder, "node_modules")];
  await mkdir(packages);
  for (const name of (await readdir(ours)).filter((each) => !each.startsWith("."))) {
    await symlink(join(ours, name), join(packages, name), "junction");
  }
  return {
    /** Runs a command: `node START FILE.ts`. */
    start: join(folder, "shared", "run", "build", "start.mjs"),
    /** There, a test can add packages of its own. */
    packages,
    /** What it has built. */
    cache: join(packages, ".cache", "take-a-ticket"),
  };
}
