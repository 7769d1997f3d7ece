import { listed } from "./format.ts";

/** "02 and 04", "03 to 07+key": rows in their order, three or more neighbours of `order` as a span. */
export function rowsInWords(ids: readonly string[], order: readonly string[]): string {
  const spans: string[][] = [];
  for (const id of order.filter((each) => ids.includes(each))) {
    const span = spans.at(-1);
    const before = order[order.indexOf(id) - 1];
    // A span is one of numbers: nobody knows what lies between a lab and a chapter.
    const isNumbered = /^\d/.test(id) && /^\d/.test(before ?? "");
    if (span !== undefined && isNumbered && span.at(-1) === before) {
      span.push(id);
    } else {
      spans.push([id]);
    }
  }
  return listed(
    spans.flatMap((span) => (span.length < 3 ? span : [`${span[0]}\u00A0to\u00A0${span[span.length - 1]}`])),
  );
}
