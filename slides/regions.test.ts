import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readSlideRegion } from "./regions.ts";
import { scratchFolder } from "./testing/scratch.ts";

const file = "chapters/03-queue/api.ts";

function rootWith(text: string): string {
  const root = scratchFolder();
  mkdirSync(join(root, "chapters", "03-queue"), { recursive: true });
  writeFileSync(join(root, file), text);
  return root;
}

it("gives the lines as the chapter has them, at the left edge, with their numbers in the file", () => {
  const root = rootWith(`begin();
    // #slide idea
    // #region task 1: send
    await send(
      message,
    );
    // #until-then
    // void send();
    // #endregion
    // #end-slide
end();`);

  expect(readSlideRegion(file, "idea", root)).toEqual([
    { number: 4, text: "await send(" },
    { number: 5, text: "  message," },
    { number: 6, text: ");" },
  ]);
});

it.each([
  ["a region that is not there", "// #slide other\nx();\n// #end-slide", /`#slide idea`.*which has other/],
  ["a region without an end", "// #slide idea\nx();", /`#end-slide` of idea/],
  ["an end without a begin", "x();\n// #end-slide", /before `#end-slide` in .*:2/],
  ["a region in another", "// #slide idea\n// #slide two\n// #end-slide", /#end-slide of idea first/],
  ["a name that is taken", "// #slide a\n// #end-slide\n// #slide a\n// #end-slide", /taken/],
])("says what is wrong with %s", (_what, text, message) => {
  expect(() => readSlideRegion(file, "idea", rootWith(text))).toThrow(message);
});

it("reads nothing outside of the chapters", () => {
  expect(() => readSlideRegion("../chapters/03-queue/api.ts", "idea", rootWith(""))).toThrow(
    /a file of a chapter/,
  );
});
