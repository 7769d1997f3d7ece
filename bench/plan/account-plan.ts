import type { Plan } from "#shared/results.ts";

/** The chapter that is measured where it is deployed: on this machine it is 07's code behind the same API. */
export const onAws = "08-aws";

/** What the command says about the account. */
export interface AccountWish {
  url: string;
  realAws: boolean;
  profile?: string;
  region?: string;
  stack?: string;
  yes: boolean;
}

// For AWS's numbers: what fails meets 5, 30, 120 and 300 s, and only what was hit by the storm's outage fails.
export const horizonMs = 180_000;

/** The same plan without what nobody can order on AWS: kills, and messages that come twice. Poison takes the teaching numbers. */
export function planOnAccount(plan: Plan): Plan {
  return {
    ...plan,
    name: `${plan.name} without kills`,
    events: plan.events.filter(({ does }) => does === "outage-begins" || does === "outage-ends"),
    poison: [],
    healed: [],
    everyNthTwice: 0,
    duplicateDelaysMs: [0],
    horizonMs,
  };
}
