/** The plans that a row may live through, in the order in which they are shown. */
export const trialParts = ["day", "storm", "outage", "rush"] as const;

/** The day and the storm are every chapter's; the long outage and the rush are the labs' own. */
export type TrialPart = (typeof trialParts)[number];
