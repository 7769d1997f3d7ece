// oxlint-disable-next-line node/no-process-env -- vitest keeps the words of its command to itself
const { TOUGHNESS, HOSTILE_SEED } = process.env;

/**
 * How often a test that mistreats the system does so: `npm test` often enough to notice what breaks soon, and
 * `TOUGHNESS=full npx vitest run --project wire hostile left-behind deck-server` as often as the project promises.
 */
export const times = ({ usually, full }: { usually: number; full: number }): number =>
  TOUGHNESS === "full" ? full : usually;

/** The seed of the hostile requests. `HOSTILE_SEED=7` makes others. */
export const hostileSeed = Number(HOSTILE_SEED ?? 1);
