import { readCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { readTarget, takeHeaders, targetFlags } from "./target.ts";
import type { Target } from "./target.ts";

/** What `npm run measure` has to do. */
export interface Wish extends Target {
  /** Arrivals a second. Absent: no open loop. */
  rate?: number;
  /** Absent: no closed loop. */
  connections?: number;
  seconds: number;
  /** The time limit for an answer. */
  limitSeconds: number;
  seed: number;
  json: boolean;
}

const usage = usageOf("measure");
export const mostRequests = 200_000;
const mostConnections = 1_000;
const mostSeconds = 3_600;

/** Reads the command's words. Throws {@link UsageError}. */
export function readWish(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Wish {
  const { others, headerWords } = takeHeaders(argv);
  const { words, flags } = readCommand(
    {
      usage,
      flags: {
        ...targetFlags,
        rate: "number",
        connections: "number",
        seconds: "number",
        limit: "number",
        seed: "number",
        json: "switch",
      },
    },
    others,
    env,
  );
  const { rate, connections, seconds = 10, limit = 10, seed = 1 } = flags;
  const isNeither = rate === undefined && connections === undefined;
  const wish: Wish = {
    ...readTarget(words, flags, { headerWords, usage }),
    ...(isNeither ? { rate: 10, connections: 10 } : {}),
    ...(rate !== undefined && { rate }),
    ...(connections !== undefined && { connections }),
    seconds,
    limitSeconds: limit,
    seed,
    json: flags.json === true,
  };
  refuseNonsense(wish);
  return wish;
}

function refuseNonsense({ rate, connections, seconds, limitSeconds, seed }: Wish): void {
  const expect = (isFine: boolean, expected: string, got: string) => {
    if (!isFine) {
      throw new UsageError(`Expected ${expected}, got \`${got}\`; see \`${usage}\`.`);
    }
  };
  const isOf = (value: number, least: number, most: number) => value >= least && value <= most;
  expect(isOf(seconds, 0.1, mostSeconds), `0.1 to ${mostSeconds} seconds`, `seconds=${seconds}`);
  expect(
    isOf(limitSeconds, 0.1, mostSeconds),
    `a limit of 0.1 to ${mostSeconds} seconds`,
    `limit=${limitSeconds}`,
  );
  expect(Number.isSafeInteger(seed), "a whole seed", `seed=${seed}`);
  if (connections !== undefined) {
    const isFine = Number.isInteger(connections) && isOf(connections, 1, mostConnections);
    expect(isFine, `1 to ${mostConnections} connections`, `connections=${connections}`);
  }
  if (rate !== undefined) {
    const requests = Math.round(rate * seconds);
    const got = `rate=${rate} seconds=${seconds}`;
    expect(
      isOf(requests, 1, mostRequests),
      `1 to ${mostRequests} requests in all`,
      `${got}, which makes ${requests}`,
    );
  }
}
