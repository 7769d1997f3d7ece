/** What a chapter's own code decides. Each chapter's decisions.yaml quotes the lines of the decisions that it makes. */
export const decisions = [
  "claimed",
  "repeated",
  "sent",
  "accepted",
  "answered",
  "called",
  "notYet",
  "guarded",
  "marked",
  "leaseTaken",
  "leaseTakenOver",
  "leaseHeld",
  "leaseDone",
  "released",
  "activated",
  "failed",
  "named",
  "hidden",
  "deleted",
  "visibilityTimeout",
  "functionTimeout",
  "retries",
  "setAside",
  "redriven",
] as const;
export type Decision = (typeof decisions)[number];

/** A line of a chapter's code. `file` is relative to the project's root, so that an editor can open it. */
export interface CodePlace {
  file: string;
  line: number;
}

/** Where a chapter makes its decisions. Those that it doesn't make are missing. */
export type CodePlaces = Readonly<Partial<Record<Decision, CodePlace>>>;
