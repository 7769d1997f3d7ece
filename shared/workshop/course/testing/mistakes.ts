import type { Mistake } from "./copies.ts";
import { mistakes02To04 } from "./mistakes-02-to-04.ts";
import { mistakes05To07 } from "./mistakes-05-to-07.ts";

/** By the task's title. Its check must fail for each, and name it. */
export const usualMistakes: Readonly<Record<string, readonly Mistake[]>> = {
  ...mistakes02To04,
  ...mistakes05To07,
};
