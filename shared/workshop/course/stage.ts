import type { TestedChapter } from "#shared/testing/chapter.ts";

/** A running chapter for the checks of its tasks: its processes, the customer's side, and a proxy before each AWS service. */
export interface Stage extends TestedChapter {
  /** An index for `activate` that no check has used yet. */
  newDevice: () => number;
}
