import type { DrawnPicture } from "../charts/draw.ts";
import { lightTheme } from "../charts/theme.ts";

/** Text as text, whatever is in it. */
export function escaped(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? letter);
}

export interface TableData {
  caption: string;
  head: readonly string[];
  /** The first cell of a row names it. */
  rows: readonly (readonly string[])[];
  /** Its cells are words, not figures. */
  words?: boolean;
}

export function table({ caption, head, rows, words = false }: TableData): string {
  const titles = head.map((title) => `<th scope="col">${escaped(title)}</th>`).join("");
  const lines = rows.map(([name = "", ...cells]) => {
    const figures = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");
    return `<tr><th scope="row">${escaped(name)}</th>${figures}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table${words ? ' class="words"' : ""}>
<caption>${escaped(caption)}</caption>
<thead><tr>${titles}</tr></thead>
<tbody>${lines.join("\n")}</tbody>
</table></div>`;
}

/** A picture inside the page; its colours become the page's own, so that it follows light and dark. */
export function figure({ name, title, description, svg }: DrawnPicture): string {
  const label = `role="img" aria-label="${escaped(`${title} ${description}`)}"`;
  const inline = recoloured(svg.light)
    .replace(/^<\?xml[^>]*\?>\s*/, "")
    .replace("<svg ", `<svg ${label} `)
    // Every SVG of a page shares one space of names.
    .replaceAll(/\bid="(cl_\d+)"/g, `id="${name}-$1"`)
    .replaceAll(/url\(#(cl_\d+)\)/g, `url(#${name}-$1)`);
  return `<figure>${inline}</figure>`;
}

function recoloured(svg: string): string {
  return Object.entries(lightTheme).reduce((text, [colour, hex]) => {
    // What is wholly white or black is written by name.
    const written = hex === "#ffffff" ? "(?:white|#FFFFFF)" : hex.toUpperCase();
    return text.replaceAll(new RegExp(`(fill|stroke)="${written}"`, "g"), `class="$1-${colour}"`);
  }, svg);
}
