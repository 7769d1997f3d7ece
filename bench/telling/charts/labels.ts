/** Heights for labels that want to be at `wanted`, in the same order: none nearer to another than `apart`, all within. */
export function spread(
  wanted: readonly number[],
  { top, bottom, apart }: { top: number; bottom: number; apart: number },
): number[] {
  const order = wanted
    .map((y, at) => ({ y, at }))
    .toSorted((left, right) => left.y - right.y || left.at - right.at);
  let above = -Infinity;
  for (const each of order) {
    each.y = Math.max(each.y, above + apart, top);
    above = each.y;
  }
  let below = bottom + apart;
  for (const each of order.toReversed()) {
    each.y = Math.min(each.y, below - apart);
    below = each.y;
  }
  return order.toSorted((left, right) => left.at - right.at).map(({ y }) => y);
}
