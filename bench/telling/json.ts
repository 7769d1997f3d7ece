import type { Results } from "#shared/results.ts";

/** The text of a `results.json`: what holds nothing nested stands on one line, so that a person can read the file. */
export function resultsJson(results: Results): string {
  return `${written(results, "")}\n`;
}

function written(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) {
    // As JSON has it, an absent item of a list is null.
    return JSON.stringify(value ?? null);
  }
  const deeper = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => written(item, deeper))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([name, item]) => `${JSON.stringify(name)}: ${written(item, deeper)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (parts.length === 0) {
    return `${open}${close}`;
  }
  const isFlat = Object.values(value).every((item) => typeof item !== "object" || item === null);
  const room = Array.isArray(value) ? "" : " ";
  return isFlat
    ? `${open}${room}${parts.join(", ")}${room}${close}`
    : `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${indent}${close}`;
}
