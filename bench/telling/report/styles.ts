import { cssVariables, darkTheme, lightTheme } from "../charts/drawing/theme.ts";

const pictureColours = Object.keys(lightTheme)
  .map((name) => `.fill-${name} { fill: var(--${name}); } .stroke-${name} { stroke: var(--${name}); }`)
  .join("\n");

/** The report's looks: quiet, and no font but the reader's own. */
export const styles = `
:root { color-scheme: light; ${cssVariables(lightTheme)} }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; ${cssVariables(darkTheme)} } }
:root[data-theme="light"] { color-scheme: light; ${cssVariables(lightTheme)} }
:root[data-theme="dark"] { color-scheme: dark; ${cssVariables(darkTheme)} }
${pictureColours}
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--text);
  font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 48px 24px 96px; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 8px 0 16px; text-wrap: balance; }
h2 { font-size: 1.35rem; margin: 64px 0 8px; }
p { margin: 0 0 12px; max-width: 72ch; }
.over { color: var(--quiet); font-weight: 600; margin: 0; }
.lead { font-size: 1.15rem; }
.note { color: var(--quiet); }
.warning { border-left: 5px solid var(--alarm); padding: 6px 14px; font-weight: 600; }
figure { margin: 40px 0; border: 1px solid var(--grid); border-radius: 12px; overflow: hidden; }
.bar { display: flex; justify-content: space-between; align-items: baseline; gap: 16px; }
button { font: inherit; font-weight: 600; color: var(--text); background: none; cursor: pointer;
  border: 1px solid var(--quiet); border-radius: 8px; padding: 2px 14px; }
a { color: var(--answered); }
:is(button, a, canvas, summary):focus-visible { outline: 3px solid var(--answered); outline-offset: 2px; }
.plot { overflow-x: auto; }
.sheet { position: relative; min-width: 700px; overflow: hidden; }
.sheet canvas { display: block; width: 100% !important; height: auto !important; outline-offset: -3px !important; }
.pointed { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
figure svg { display: block; width: 100%; height: auto; }
.scroll { overflow-x: auto; margin: 16px 0; }
.scroll:focus-visible { outline: 3px solid var(--answered); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
small { color: var(--quiet); font-size: 0.74em; }
caption { text-align: left; color: var(--quiet); padding: 0 0 8px; }
th, td { padding: 7px 6px; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap; }
thead th { color: var(--quiet); font-weight: 600; font-size: 0.85rem; vertical-align: bottom; white-space: normal; }
th:first-child { text-align: left; }
tbody tr:hover { background: color-mix(in srgb, var(--grid) 45%, transparent); }
table.words :is(th, td) { text-align: left; white-space: normal; vertical-align: top; }
table.words th { min-width: 9em; }
table.headless thead { display: none; }
details { margin: 16px 0; }
summary { cursor: pointer; font-weight: 600; }
@media (max-width: 600px) { main { padding: 24px 14px 64px; } h1 { font-size: 1.5rem; } }
@media print { details { display: none; } figure { break-inside: avoid; } }
`;
