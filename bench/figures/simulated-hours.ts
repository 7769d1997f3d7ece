import * as z from "zod";

const share = z.number().min(0).max(1);

/** What became of the devices of one simulated hour's customers, as shares of all of them; they add up to 1. */
const hourSchema = z.strictObject({
  perSecond: z.int(),
  variant: z.enum(["all grows", "pollers", "template", "no limit"]),
  works: share,
  worksLater: share,
  never: share,
  turnedAway: share,
});

/** What `npm run grow reference` keeps for the texts and the deck. */
export const simulatedHoursSchema = z.strictObject({
  /** The screen of `npm run grow`, without its notes. */
  screen: z.array(z.string()),
  /** What takes longer works later. */
  withinSeconds: z.number(),
  hours: z.array(hourSchema),
});

export type SimulatedHour = z.infer<typeof hourSchema>;
export type SimulatedHours = z.infer<typeof simulatedHoursSchema>;
