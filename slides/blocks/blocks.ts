import { architecture } from "../drawings/architecture.ts";
import { lanes } from "../drawings/lanes.ts";
import { timelines } from "../drawings/timelines.ts";
import { big } from "./big.ts";
import type { Block } from "./block.ts";
import { chart } from "./chart.ts";
import { code } from "./code.ts";
import { exercise } from "./exercise.ts";
import { measured } from "./measured.ts";

/** What may stand behind the three signs that begin a block. */
export const blocks: Record<string, Block> = {
  architecture: ({ words: [chapter = ""] }) => architecture(chapter),
  lanes: ({ text }) => lanes(text),
  timelines: ({ text }) => timelines(text),
  big,
  chart,
  code,
  exercise,
  measured,
};
