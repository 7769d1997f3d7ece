import { eventually as eventuallyWithin } from "#shared/stage/eventually.ts";

/** On a busy machine what takes a second may take ten. If something takes longer than this, it doesn't happen. */
export const testPatienceMs = 25_000;

/** {@link eventuallyWithin} with the patience of a test, which waits for outcomes and judges no speed. */
export const eventually = <Result>(
  check: () => Result | Promise<Result>,
  patience: { withinMs?: number; everyMs?: number } = {},
): Promise<Result> => eventuallyWithin(check, { withinMs: testPatienceMs, ...patience });
