/** The lengths in which the deck can be told: minutes, or all that there is. */
export const lengths = ["20", "90", "full"] as const;
export type Length = (typeof lengths)[number];

/** How long each may take. `full` is all that is told, without the exercises. */
export const limitMinutes: Record<Length, number> = { "20": 20, "90": 90, full: 75 };

export const isLength = (word: string): word is Length => lengths.some((length) => length === word);
