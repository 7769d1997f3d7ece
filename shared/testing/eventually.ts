import { eventually as eventuallyWithin } from "#shared/stage/eventually.ts";

/** On a busy machine a second of work may take ten. What takes longer than this doesn't happen. */
export const testPatienceMs = 25_000;

/** {@link eventuallyWithin} with the patience of a test, which waits for outcomes and doesn't judge speed. */
export const eventually = <Result>(
  check: () => Result | Promise<Result>,
  patience: { withinMs?: number; everyMs?: number } = {},
): Promise<Result> => eventuallyWithin(check, { withinMs: testPatienceMs, ...patience });
