import { escaped } from "#shared/html.ts";
import type { DrawnPicture } from "../charts/draw.ts";
import { lightTheme } from "../charts/drawing/theme.ts";

export interface TableData {
  caption: string;
  head: readonly string[];
  /** The first cell of a row names it. What stands in a cell's second line is small. */
  rows: readonly (readonly string[])[];
  /** Its cells are words, not figures. */
  words?: boolean;
  /** Its titles are for screen readers only. */
  headless?: boolean;
}

export function table({ caption, head, rows, words = false, headless = false }: TableData): string {
  const titles = head.map((title) => `<th scope="col">${escaped(title)}</th>`).join("");
  const lines = rows.map(([name = "", ...cells]) => {
    const figures = cells.map((cell) => `<td>${withSmall(cell)}</td>`).join("");
    return `<tr><th scope="row">${escaped(name)}</th>${figures}</tr>`;
  });
  const kind = [...(words ? ["words"] : []), ...(headless ? ["headless"] : [])].join(" ");
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table class="${kind}">
<caption>${escaped(caption)}</caption>
<thead><tr>${titles}</tr></thead>
<tbody>${lines.join("\n")}</tbody>
</table></div>`;
}

function withSmall(cell: string): string {
  const [first = "", second] = cell.split("\n", 2);
  return escaped(first) + (second === undefined ? "" : `<br><small>${escaped(second)}</small>`);
}

/** A place where the page's script draws a picture; without scripts, the SVG stands there. */
export function figure({ name, title, description, svg }: DrawnPicture): string {
  const label = `role="img" aria-label="${escaped(`${title} ${description}`)}"`;
  const inline = recoloured(svg.light)
    .replace(/^<\?xml[^>]*\?>\s*/, "")
    .replace("<svg ", `<svg ${label} `)
    // All SVGs of a page share their ids.
    .replaceAll(/\bid="(cl_\d+)"/g, `id="${name}-$1"`)
    .replaceAll(/url\(#(cl_\d+)\)/g, `url(#${name}-$1)`);
  return `<figure><div class="plot"><div class="sheet"><canvas data-picture="${name}" width="1600" height="900"
tabindex="0" ${label}></canvas></div></div><noscript>${inline}</noscript></figure>`;
}

function recoloured(svg: string): string {
  return Object.entries(lightTheme).reduce((text, [colour, hex]) => {
    // What is wholly white or black is written by name.
    const written = hex === "#ffffff" ? "(?:white|#FFFFFF)" : hex.toUpperCase();
    return text.replaceAll(new RegExp(`(fill|stroke)="${written}"`, "g"), `class="$1-${colour}"`);
  }, svg);
}
