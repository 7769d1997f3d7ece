import type { Key } from "#shared/workshop/screen/keys.ts";
import { wrap } from "#shared/command.ts";
import { runArgument } from "./path.ts";
import type { Place } from "./path.ts";

/** The keys, the same in every chapter. */
export const keysFor = ({ next }: Place): Key[] => [
  { key: "c", does: "check" },
  { key: "h", does: "hint" },
  { key: "d", does: "diff" },
  { key: "r", does: "run" },
  { key: "m", does: "measure" },
  { key: "n", does: next === undefined ? "the end" : "next chapter" },
  { key: "?", does: "help" },
  { key: "q", does: "quit" },
];

/** What each key does, as a page. */
export function helpPage({ chapter, next }: Place): string[] {
  const { number, name } = chapter;
  const keys = {
    read: `the text is chapters/${name}/README.md; open it beside this terminal`,
    save: "a file of mine/ that you save is checked by itself",
    c: "check all tasks now",
    h: "a hint for the first open task, one more each time",
    d: `what differs between chapter ${number} and your copy`,
    r: `run it (\`npm run chapter ${runArgument(chapter)}\`); q there comes back here`,
    m: "measure yours beside the chapter, in about 45 s",
    n: next === undefined ? "this is the last chapter" : `begin ${next.number}; your mine/ is saved first`,
    q: "quit; where you are is kept",
  };
  return [
    ...Object.entries(keys).flatMap(([key, text]) =>
      wrap(text, 72)
        .split("\n")
        .map((line, at) => (at === 0 ? key : "").padEnd(7) + line),
    ),
    "",
    "Return closes this page.",
  ];
}
