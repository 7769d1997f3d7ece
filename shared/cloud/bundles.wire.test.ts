import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { answersOf, examplesFor } from "#shared/testing/built-function.ts";
import { buildFunctions } from "./bundles.ts";

// Outside the project, so that what the bundle lacks is not found, as on AWS.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "take a ticket bundle "));
  return () => rmSync(folder, { recursive: true, force: true });
});

it("builds functions below 1 MB, including the SDK, that work with nothing but their bundle", async () => {
  const built = await buildFunctions({ sdk: "in" });

  expect(built.map(({ name }) => name)).toEqual(["ApiFunction", "ActivationFunction", "VendorFunction"]);
  expect(built.filter(({ code }) => code.length >= 1_000_000 || code.length === 0)).toEqual([]);
  for (const { name, code } of built) {
    const file = join(folder, `${name}.cjs`);
    writeFileSync(file, code);
    const examples = examplesFor(name);

    const answers = await answersOf(
      file,
      examples.map(({ event }) => event),
    );

    expect({ name, answers }).toMatchObject({ name, answers: examples.map(({ answer }) => answer) });
  }
});
