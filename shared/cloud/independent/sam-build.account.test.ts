import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { listChapters, readParts } from "#shared/run/chapters.ts";
import { answersOf, examplesFor, examplesForInvoked } from "#shared/testing/built-function.ts";
import { local, withoutOwnAccount } from "#shared/testing/cloud-command.ts";
import { buildArguments } from "../deploy.ts";
import { findTools, sam } from "./tools.ts";
import type { SamAnswer } from "./tools.ts";

const tools = await findTools();
// Outside the project, so that a function can't find what it lacks in the project's node_modules.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "take a ticket sam build "));
  return () => rmSync(folder, { recursive: true, force: true });
});
const withFunction = listChapters()
  .filter(({ number }) => number !== "00" && number !== "mine")
  .map((chapter) => ({ ...chapter, ...readParts(chapter) }))
  .filter(({ hasFunction }) => hasFunction);

describe.skipIf(!tools.sam)("AWS's SAM CLI", () => {
  const validated = new Map<string, SamAnswer | undefined>();
  const built = new Map<string, SamAnswer | undefined>();
  beforeAll(async () => {
    const validations = withFunction.map(({ templateFile }) => [
      "validate",
      "--lint",
      "--region",
      local.AWS_REGION,
      "--template-file",
      templateFile,
    ]);
    const builds = withFunction.map(({ name, templateFile }) =>
      buildArguments(templateFile, join(folder, name)),
    );
    const answers = await sam([...validations, ...builds], {
      home: join(folder, "home"),
      env: { ...withoutOwnAccount, ...local },
    });
    withFunction.forEach(({ name }, index) => {
      validated.set(name, answers[index]);
      built.set(name, answers[index + validations.length]);
    });
  }, 240_000);

  it.each(withFunction)("finds the template of $name valid, without warnings", ({ name }) => {
    expect(validated.get(name)).toEqual({
      code: 0,
      said: expect.stringContaining("is a valid SAM Template") as unknown,
    });
  });

  it.each(withFunction)(
    "builds the functions of $name so that they load on their own, and answer",
    async ({ name, hasInvokedFunction }) => {
      expect(built.get(name)).toEqual({
        code: 0,
        said: expect.stringContaining("Build Succeeded") as unknown,
      });

      const functions = builtFunctions(join(folder, name));
      expect(functions.length).toBe(name === "08-aws" ? 3 : 1);
      for (const { functionName, file } of functions) {
        const examples = hasInvokedFunction ? examplesForInvoked : examplesFor(functionName);
        const answers = await answersOf(
          file,
          examples.map(({ event }) => event),
        );
        expect({ functionName, answers }).toMatchObject({
          functionName,
          answers: examples.map(({ answer }) => answer),
        });
      }
    },
  );
});

interface BuiltTemplate {
  Resources: Record<string, { Type: string; Properties: { CodeUri?: string; Handler?: string } }>;
}

/** The functions of a built template, and the file with the handler of each. */
function builtFunctions(buildFolder: string) {
  const text = readFileSync(join(buildFolder, "template.yaml"), "utf8");
  const { Resources: resources } = parse(text) as BuiltTemplate;
  return Object.entries(resources)
    .filter(([, { Type: type }]) => type === "AWS::Serverless::Function")
    .map(
      ([
        functionName,
        {
          Properties: { CodeUri: code = "", Handler: handler = "" },
        },
      ]) => ({
        functionName,
        file: join(buildFolder, code, handler.replace(/\.\w+$/, ".js")),
      }),
    );
}
