import type { Run } from "#shared/results.ts";
import { line } from "./drawing/marks.ts";
import type { Place } from "./drawing/picture.ts";

/** The greatest of all lanes: a height means the same in each. */
export interface LaneScale {
  waiting: number;
  vendorCalls: number;
}

/** A lane's share for each of its three bands, from the top. */
const bands = { waiting: [0.04, 0.44], response: [0.49, 0.72], vendor: [0.75, 0.97] } as const;

/** Messages that wait; where there is no queue, the calls that the vendor has. */
export function waitingAt({ samples }: Run): { atMs: number; count: number }[] {
  const hasQueue = samples.some(({ visible, inFlight, setAside }) => visible + inFlight + setAside > 0);
  return samples.map(({ atMs, visible, inFlight, vendorOpen }) => ({
    atMs,
    count: hasQueue ? visible + inFlight : vendorOpen,
  }));
}

/** One chapter's storm between two heights: who waits, how it answers, what it asks of the vendor. */
export function drawLane(place: Place, run: Run, { waiting, vendorCalls }: LaneScale): void {
  const { context, theme, x, top, bottom, left, right } = place;
  const at = (share: number) => top + share * (bottom - top);
  line(context, { x: left, y: bottom }, { x: right, y: bottom }, theme.grid, 2);
  drawWaiting(
    place,
    run,
    { from: at(bands.waiting[1]), height: at(bands.waiting[1]) - at(bands.waiting[0]) },
    waiting,
  );
  const [responseTop, responseBottom] = bands.response.map(at) as [number, number];
  const [vendorTop, vendorBottom] = bands.vendor.map(at) as [number, number];
  for (const { atSecond, arrivals, errors, responseP50Ms, vendorCalls: calls } of run.seconds) {
    const from = x(atSecond) + 1;
    const width = x(atSecond + 1) - from - 1;
    const fill = (y: number, height: number, colour: string) => {
      context.fillStyle = colour;
      context.fillRect(from, y, width, height);
    };
    const tall = (responseBottom - responseTop) * shareOfResponse(responseP50Ms);
    if (responseP50Ms !== null) {
      fill(responseBottom - tall, tall, theme.answered);
    }
    if (errors > 0) {
      const share = errors / arrivals;
      // One of many is still seen.
      const height = Math.max(share * (responseBottom - responseTop), 4);
      fill(responseTop, height, theme.alarm);
    }
    const vendorHeight = (vendorBottom - vendorTop) * shareOf(calls, vendorCalls);
    fill(vendorBottom - vendorHeight, vendorHeight, theme.works);
  }
}

/** By the square root: twenty are still seen where another chapter has a thousand. */
const shareOf = (count: number, most: number) => Math.sqrt(count / Math.max(most, 1));

function drawWaiting(
  { context, theme, x }: Place,
  run: Run,
  { from, height }: { from: number; height: number },
  most: number,
): void {
  const samples = waitingAt(run);
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last) {
    return;
  }
  context.beginPath();
  context.moveTo(x(first.atMs / 1_000), from);
  for (const { atMs, count } of samples) {
    context.lineTo(x(atMs / 1_000), from - height * shareOf(count, most));
  }
  context.lineTo(x(last.atMs / 1_000), from);
  context.closePath();
  context.fillStyle = theme.between;
  context.fill();
}

/** From 3 ms to 3 s, by the logarithm. */
function shareOfResponse(ms: number | null): number {
  return ms === null ? 0 : Math.min(Math.max(Math.log10(ms / 3) / 3, 0.2), 1);
}
