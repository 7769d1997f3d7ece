import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { answersOf, examplesFor } from "#shared/testing/built-function.ts";
import { buildFunctions } from "./bundles.ts";

// Outside of the project: what is not in the bundle is not found here, as on AWS.
const folder = mkdtempSync(join(tmpdir(), "take a ticket bundle "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("builds functions that answer from their bundle alone", async () => {
  const built = await buildFunctions({ sdk: "in" });

  expect(built.map(({ name }) => name)).toEqual(["ApiFunction", "ActivationFunction", "VendorFunction"]);
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
