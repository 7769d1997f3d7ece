import { escaped } from "#shared/html.ts";
import type { FileDiff, Hunk } from "./chapter-diff.ts";

/** What changed between two chapters, as one page that opens from disk: signs and colours, light and dark. */
export function diffPage(title: string, files: readonly FileDiff[], summary: string): string {
  const sections = files.map(
    ({ file, kind, hunks }) =>
      `<section><h2>${escaped(file)}${kind === "changed" ? "" : ` <small>${kind}</small>`}</h2>\n${hunks
        .map((hunk) => table(hunk, `${file}, from line ${hunk.newStart}`))
        .join("\n")}</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${styles}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(summary)}</p>
${sections.join("\n") || "<p>Nothing differs.</p>"}
</main>
</body>
</html>
`;
}

function table({ lines, oldStart, newStart }: Hunk, caption: string): string {
  let [before, after] = [oldStart, newStart];
  const rows = lines.map((line) => {
    const sign = line[0] ?? " ";
    const [isOld, isNew] = [sign !== "+", sign !== "-"];
    const kind = isOld && isNew ? "same" : isNew ? "added" : "removed";
    const numbers = `<td class="number">${isOld ? before : ""}</td><td class="number">${isNew ? after : ""}</td>`;
    before += Number(isOld);
    after += Number(isNew);
    return `<tr class="${kind}">${numbers}<td class="sign">${sign}</td><td><code>${escaped(line.slice(1))}</code></td></tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table>\n${rows.join("\n")}\n</table></div>`;
}

const light =
  "--back: #ffffff; --text: #111827; --quiet: #5b6472; --line: #e5e7eb; --added: #dbeafe; --removed: #ffedd5";
const dark =
  "--back: #0f172a; --text: #e5e7eb; --quiet: #9aa4b2; --line: #273449; --added: #1e3a5f; --removed: #4a2f14";

// Colour-blind people can tell blue and orange apart, and the signs repeat it.
const styles = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
body { margin: 0; background: var(--back); color: var(--text); font: 17px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 8px; }
h2 { font: 600 1.15rem ui-monospace, Consolas, Menlo, monospace; margin: 40px 0 8px; }
small { color: var(--quiet); font-weight: 400; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; margin: 0 0 12px; padding: 6px 0; }
.scroll:focus-visible { outline: 3px solid #2563eb; }
table { border-collapse: collapse; min-width: 100%; font: 14px/1.5 ui-monospace, Consolas, Menlo, monospace; }
td { padding: 0 6px; white-space: pre; }
code { font: inherit; }
.number { color: var(--quiet); text-align: right; min-width: 2.2em; user-select: none; }
.sign { user-select: none; font-weight: 700; }
.added { background: var(--added); } .removed { background: var(--removed); }
.same code { color: var(--quiet); }
`;
