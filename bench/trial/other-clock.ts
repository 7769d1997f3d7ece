import { setTimeout as sleep } from "node:timers/promises";

/** What we know about another machine's clock. */
export interface OtherClock {
  /** How far it is ahead of this machine's. Negative: it is behind. */
  aheadMs: number;
  /** The uncertainty. */
  withinMs: number;
}

/** An answer: when we asked and when it came, by our clock, and the second that it reports. */
interface Told {
  askedMs: number;
  answeredMs: number;
  toldMs: number;
}

// They are spread over twenty places of a second, 50 ms apart.
const asks = 20;
const askEveryMs = 150;
const secondMs = 1_000;
const limitMs = 15_000;

/**
 * A `Date` header has whole seconds (RFC 9110, 6.6.1), and was written between our request and its arrival. So each answer gives an
 * interval for the difference of the clocks, and several, requested at different places of a second, give a narrow one.
 */
export function differenceOf(told: readonly Told[]): OtherClock {
  const least = Math.max(...told.map(({ toldMs, answeredMs }) => toldMs - answeredMs));
  const most = Math.min(...told.map(({ toldMs, askedMs }) => toldMs + secondMs - askedMs));
  // Answers of several machines may contradict each other slightly.
  return { aheadMs: (least + most) / 2, withinMs: Math.abs(most - least) / 2 };
}

/** Asks a server for its time, for a few seconds. Throws if an answer has none. */
export async function readOtherClock(url: URL, headers: Record<string, string>): Promise<OtherClock> {
  const told: Told[] = [];
  for (let ask = 0; ask < asks; ask += 1) {
    await sleep(ask === 0 ? 0 : askEveryMs);
    const askedMs = Date.now();
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(limitMs) });
    const answeredMs = Date.now();
    await response.text();
    const toldMs = Date.parse(response.headers.get("date") ?? "");
    if (Number.isNaN(toldMs)) {
      throw new Error(`Expected ${url.href} to say what time it is, but its answer has no Date`);
    }
    told.push({ askedMs, answeredMs, toldMs });
  }
  return differenceOf(told);
}
