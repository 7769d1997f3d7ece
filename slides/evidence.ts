import { figureOf, partOf } from "../bench/figures/named-figures.ts";
import type { Part, ResultsView } from "../bench/figures/view.ts";
import { judge } from "./claims.ts";
import type { Claim } from "./claims.ts";
import type { Source, Sources } from "./sources.ts";
import { StoryError } from "./story-error.ts";

type Whose = "own" | "reference";

/** What a slide says in the one view and in the other. */
export type Both = Partial<Record<Whose, string>>;

/** What one slide shows of the results, collected while it is rendered. */
export interface Evidence {
  /** A figure, in both views. Throws for a name that there is not. */
  figure: (name: string) => Both;
  /** Something else that is made of a part of the results, undefined where they don't have it. */
  of: (part: Part, make: (view: ResultsView) => string | undefined) => Both;
  /** Throws {@link StoryError} if it is false with the reference. */
  claim: (claim: Claim) => void;
  /** Whose figures stand on the slide in one's own view, and what it says of that; undefined if it shows none. */
  verdict: () => { own: Whose; labels: Record<Whose, string> } | undefined;
}

export function createEvidence({ own, reference }: Sources): Evidence {
  const used = new Set<Part>();
  const missing = new Set<Whose>();
  const broken: string[] = [];

  const look = (
    whose: Whose,
    source: Source | undefined,
    part: Part,
    make: (view: ResultsView) => string | undefined,
  ) => {
    const view = source?.[part];
    const text = view && make(view);
    if (text === undefined) {
      missing.add(whose);
    }
    return text === undefined ? {} : { [whose]: text };
  };
  const of: Evidence["of"] = (part, make) => {
    used.add(part);
    return { ...look("own", own, part, make), ...look("reference", reference, part, make) };
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
        broken.push(`${claim.text}: ${byOwn.found}`);
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
      const labels = (label: string) => ({ own: label, reference: referenceLabel });
      if (own === undefined) {
        return { own: "reference", labels: labels(referenceLabel) };
      }
      const [first] = broken;
      if (missing.has("own")) {
        return { own: "reference", labels: labels(`Not measured here. ${referenceLabel}`) };
      }
      if (first !== undefined && reference !== undefined) {
        return {
          own: "reference",
          labels: labels(`Came out differently here (${first}). ${referenceLabel}`),
        };
      }
      const differs = first === undefined ? "" : `, but not as the slide says (${first})`;
      return { own: "own", labels: labels(`Measured here${differs}: ${runsOf(own, used)}`) };
    },
  };
}

/** When and how, and that it is no figure of AWS's. */
function runsOf(source: Source, used: ReadonlySet<Part>): string {
  const runs = new Set([...used].flatMap((part) => source[part] ?? []));
  const each = [...runs].map(({ startedAt, command, trustworthy }) => {
    const when = startedAt.slice(0, 16).replace("T", " ");
    return `${when} UTC, ${command}${trustworthy ? "" : ", in parts doubtful"}`;
  });
  return `${each.join("; ")}. Embedded AWS, not AWS latencies`;
}
