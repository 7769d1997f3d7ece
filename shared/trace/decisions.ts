/** What a chapter's own code decides. Each chapter's decisions.yaml quotes the line of those that it takes. */
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

/** A line of a chapter's code, as an editor opens it: `file` is named from the project's root. */
export interface CodePlace {
  file: string;
  line: number;
}

/** Where a chapter takes its decisions; those that it doesn't take are not there. */
export type CodePlaces = Readonly<Partial<Record<Decision, CodePlace>>>;
