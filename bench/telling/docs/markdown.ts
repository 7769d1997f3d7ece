/** A table; `right` are the columns with figures. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  right: readonly number[],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_title, at) => (right.includes(at) ? "--:" : "---"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

export function fenced(lines: readonly string[]): string {
  return ["```text", ...lines, "```"].join("\n");
}
