import { figureOf, partOf } from "../bench/figures/named-figures.ts";
import type { Part } from "../bench/figures/view.ts";
import type { DeckResults, DeckView, ResultsByPart } from "./results.ts";
import { StoryError } from "./read-story.ts";

type Whose = "own" | "reference";

/** A slide's text with the presenter's own results, and with the reference. */
export type BothTexts = Partial<Record<Whose, string>>;

/** What one slide shows of the results, collected while it is rendered. */
export interface SlideFigures {
  /** A figure by its name. Throws for an unknown name. */
  figure: (name: string) => BothTexts;
  /** Another text made from a part of the results. Undefined if they lack what it needs. */
  of: (part: Part, make: (view: DeckView) => string | undefined) => BothTexts;
  /** Throws {@link StoryError} if the reference contradicts the claim. */
  claim: (claim: Claim) => void;
  /** Whose figures the slide shows at first, and its source line. Undefined if it shows no figures. */
  verdict: () => { shows: Whose; labels: Record<Whose, string> } | undefined;
}

export function createSlideFigures({ own, reference }: DeckResults): SlideFigures {
  const used = new Set<Part>();
  const missing = new Set<Whose>();
  const denied: string[] = [];

  const of: SlideFigures["of"] = (part, make) => {
    used.add(part);
    const texts: BothTexts = {};
    for (const [whose, results] of Object.entries({ own, reference }) as [
      Whose,
      ResultsByPart | undefined,
    ][]) {
      const view = results?.[part];
      const text = view && make(view);
      if (text === undefined) {
        missing.add(whose);
      } else {
        texts[whose] = text;
      }
    }
    return texts;
  };
  return {
    of,
    figure: (name) => of(partOf(name), (view) => figureOf(view, name)?.text),
    claim: (claim) => {
      used.add(partOf(claim.left));
      const byReference = reference && judge(claim, reference);
      if (byReference?.holds === false) {
        throw new StoryError(
          `Expected \`${claim.text}\` to be true of the reference, but ${byReference.found}; change what the slide says.`,
        );
      }
      const byOwn = own && judge(claim, own);
      if (own !== undefined && byOwn === undefined) {
        missing.add("own");
      } else if (byOwn?.holds === false) {
        denied.push(`${claim.text}: ${byOwn.found}`);
      }
    },
    verdict: () => {
      if (used.size === 0) {
        return undefined;
      }
      const referenceLabel =
        reference === undefined || missing.has("reference")
          ? "Not measured here, and not in the reference"
          : `Reference run: ${runsOf(reference, used)}`;
      const says = (shows: Whose, label: string) => ({
        shows,
        labels: { own: label, reference: referenceLabel },
      });
      const [first] = denied;
      if (own === undefined) {
        return says("reference", referenceLabel);
      }
      if (missing.has("own")) {
        return says("reference", `Not measured here. ${referenceLabel}`);
      }
      if (first !== undefined && reference !== undefined) {
        return says("reference", `Came out differently here (${first}). ${referenceLabel}`);
      }
      const differs = first === undefined ? "" : `, but not as the slide says (${first})`;
      return says("own", `Measured here${differs}: ${runsOf(own, used)}`);
    },
  };
}

/** When and by which command the parts were measured. */
function runsOf(results: ResultsByPart, used: ReadonlySet<Part>): string {
  const runs = new Set([...used].flatMap((part) => results[part] ?? []));
  const each = [...runs].map(({ startedAt, command, trustworthy }) => {
    const when = startedAt.slice(0, 16).replace("T", " ");
    return `${when} UTC, ${command}${trustworthy ? "" : ", in parts doubtful"}`;
  });
  return `${each.join("; ")}. Embedded AWS, not AWS latencies`;
}

/** A true or false sentence about the results: "02 sooner at least 10", "07 lost less than 02 lost". */
export interface Claim {
  text: string;
  /** The figure's name. */
  left: string;
  comparison: string;
  /** A number, or another figure's name. */
  right: number | string;
}

const comparisons: Record<string, (left: number, right: number) => boolean> = {
  "at least": (left, right) => left >= right,
  "at most": (left, right) => left <= right,
  "more than": (left, right) => left > right,
  "less than": (left, right) => left < right,
  is: (left, right) => left === right,
};
const form = new RegExp(`^(.+?) (${Object.keys(comparisons).join("|")}) (.+)$`);

/** Reads a claim. Undefined if the text isn't one. Throws an error for an unknown figure. */
export function readClaim(text: string): Claim | undefined {
  const [, left, comparison, right] = form.exec(text) ?? [];
  if (left === undefined || comparison === undefined || right === undefined) {
    return undefined;
  }
  const number = /^\d+(\.\d+)?$/.test(right) ? Number(right) : undefined;
  partOf(left);
  if (number === undefined) {
    partOf(right);
  }
  return { text, left, comparison, right: number ?? right };
}

/** The same for a text that must be a claim. */
export function needClaim(text: string): Claim {
  const claim = readClaim(text);
  if (claim === undefined) {
    const known = Object.keys(comparisons).join(", ");
    throw new StoryError(
      `Expected a claim with ${known}, such as \`02 sooner at least 10\`, got \`${text}\`; rewrite it.`,
    );
  }
  return claim;
}

/** Whether it holds, and what was found in words. Undefined if something in it was not measured. */
function judge(
  { left, comparison, right }: Claim,
  results: ResultsByPart,
): { holds: boolean; found: string } | undefined {
  const sides = [left, ...(typeof right === "string" ? [right] : [])].map((name) => {
    const view = results[partOf(name)];
    const figure = view && figureOf(view, name);
    return figure && { name, ...figure };
  });
  const [first, second] = sides;
  if (first === undefined || sides.includes(undefined)) {
    return undefined;
  }
  const bound = typeof right === "number" ? right : (second?.value ?? Number.NaN);
  return {
    holds: comparisons[comparison]?.(first.value, bound) ?? false,
    found: sides.map((side) => `${side?.name} is ${side?.text}`).join(", "),
  };
}
