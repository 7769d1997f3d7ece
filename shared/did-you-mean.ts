import { distance } from "fastest-levenshtein";

/** " Did you mean `bench`?", with a leading space. Empty if no name resembles the typed word. */
export function didYouMean(got: string, names: readonly string[]): string {
  const near = [...new Set(names)]
    .map((name) => ({ name, typos: distance(got, name) }))
    // Two swapped letters count twice. Names of two letters, such as 03, all resemble each other.
    .filter(({ name, typos }) => name.length > 2 && typos > 0 && typos <= Math.min(2, name.length / 2))
    .toSorted((one, other) => one.typos - other.typos)
    .map(({ name }) => `\`${name}\``);
  return near.length === 0 ? "" : ` Did you mean ${near.slice(0, 2).join(" or ")}?`;
}
