import { StoryError } from "../story-error.ts";
import type { Block } from "./block.ts";

/**
 * A table of figures: the first line is its head, the first cell of a row its name, `|` between cells. Figures stand in
 * their cells as everywhere: `02 ticket | {{02 answered p50}} | {{02 lost}}`.
 */
export const measured: Block = ({ text, inline }) => {
  const [head = [], ...rows] = text.split("\n").map((line) => line.split(" | ").map((cell) => cell.trim()));
  const wrong = rows.find((row) => row.length !== head.length);
  if (rows.length === 0 || wrong !== undefined) {
    const got = wrong === undefined ? "no row" : `${wrong.length} in \`${wrong.join(" | ")}\``;
    throw new StoryError(`Expected rows of ${head.length} cells in \`measured\`, got ${got}; rewrite it.`);
  }
  const titles = head.map((cell, at) =>
    at === 0 && cell === "" ? "<td></td>" : `<th scope="col">${inline(cell)}</th>`,
  );
  const lines = rows.map(
    ([name = "", ...cells]) =>
      `<tr><th scope="row">${inline(name)}</th>${cells.map((cell) => `<td>${inline(cell)}</td>`).join("")}</tr>`,
  );
  return `<table class="measured"><thead><tr>${titles.join("")}</tr></thead><tbody>${lines.join("")}</tbody></table>`;
};
