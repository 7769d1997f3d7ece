/** When an errand began and ended, in milliseconds after your arrival at the pharmacy. Without `toMs` it is still going on. */
export interface Span {
  fromMs: number;
  toMs?: number;
}

/** 3 s take 50 columns, so that a timeline and its name fit into 80. */
const msPerColumn = 60;
const columns = 56;

/** One line of a timeline at the moment `nowMs`: a bar while the errand lasts, dots while you only wait. */
export function drawSpan(name: string, span: Span | undefined, nowMs: number, waitsMs: Span[] = []): string {
  const isIn = ({ fromMs, toMs = nowMs }: Span, atMs: number) => fromMs <= atMs && atMs < toMs;
  const line = Array.from({ length: columns }, (_, column) => {
    const atMs = (column + 0.5) * msPerColumn;
    return span !== undefined && isIn(span, atMs)
      ? "█"
      : waitsMs.some((wait) => isIn(wait, atMs))
        ? "·"
        : " ";
  });
  return `  ${name.padEnd(9)} ${line.join("")}`.trimEnd();
}

/** When you only wait: before you shop, and after it until you are home. This is the time that a ticket gives you. */
export function waits(shopping: Span | undefined, nowMs: number): Span[] {
  const before = { fromMs: 0, toMs: shopping?.fromMs ?? nowMs };
  return shopping?.toMs === undefined ? [before] : [before, { fromMs: shopping.toMs, toMs: nowMs }];
}
