import type { Weather } from "#shared/vendor-simulator/weather.ts";

/** The plans that a row may run, in the order in which they are shown. */
export const trialParts = ["day", "storm", "outage", "rush", "kills"] as const;

/** Every chapter runs the day and the storm. The long outage, the rush and the kills are the labs'. */
export type TrialPart = (typeof trialParts)[number];

/** A plan that answers a lab's question. */
type LabPart = Exclude<TrialPart, "day" | "storm">;

/** One line of the table: a chapter in particular weather. */
export interface Row {
  id: string;
  chapter: string;
  folder: string;
  label: string;
  weather: Partial<Weather>;
  /** The plans that it runs. Default: the day and the storm. */
  trials?: readonly TrialPart[];
  /** Override the template's defaults, and the limit on its event source mappings. */
  parameters?: Record<string, string>;
  maximumConcurrency?: number;
  /** The chapter that a participant's copy was begun as: "03". */
  begunAs?: string;
}

export interface MeasuredChapter {
  number: string;
  name: string;
  folder: string;
  begunAs?: string;
}

/** The chapter that is measured where it is deployed. On this machine it is 07's code behind the same API. */
export const onAws = "08-aws";
/** How the results' note about an account begins. */
export const accountNote = "08 on AWS";

const shortNames: Record<string, string> = {
  "01": "sync",
  "02": "ticket",
  "03": "queue",
  "04": "lambda",
  "05": "dlq",
  "06": "check",
  "07": "lock",
  // Because its code runs on this machine. On an account the row has another label (command.ts).
  "08": "local",
};

/**
 * The rows for these chapters. 07 has two, since its promises depend on the vendor. Beside a participant's copy or a lab it has one, in
 * the same weather.
 */
export function rowsFor(chapters: readonly MeasuredChapter[]): Row[] {
  const hasOwn = chapters.some(({ number, name }) => number === "mine" || isLab(name));
  const rows = chapters.flatMap(({ number, name, folder, begunAs }) => {
    const own = name === "mine" || number === "mine";
    const short = shortNames[number] ?? name.replace(/^\d+-/, "").slice(0, 6);
    const row = {
      id: own ? "mine" : number,
      chapter: name,
      folder,
      label: own ? "mine" : `${number} ${short}`,
      ...(begunAs !== undefined && { begunAs }),
    };
    const ignored: Row = { ...row, weather: { honoursIdempotencyKey: false } };
    const honoured = {
      id: `${number}+key`,
      label: `${number} + key`,
      weather: { honoursIdempotencyKey: true },
    };
    return number === "07" && !hasOwn ? [ignored, { ...row, ...honoured }] : [ignored];
  });
  return withLabs(rows);
}

/** Rotates the rows from run to run, so that the same one isn't always first on a cold machine. */
export function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

interface Lab {
  label: string;
  /** The plan that answers its question. */
  plan: LabPart;
  /** The row that it is measured beside, and whose code it is compared with. */
  beside: string;
  /** Another row that runs the plan too, if it is measured. */
  alsoBeside?: string;
  variants: readonly Pick<Row, "id" | "label" | "parameters" | "maximumConcurrency">[];
}

const labs: Readonly<Record<string, Lab>> = {
  "lab-retries": { label: "lab retry", plan: "outage", beside: "05", variants: [] },
  "lab-relational": {
    label: "lab sql",
    plan: "rush",
    beside: "07",
    variants: [
      {
        id: "lab-relational+each",
        label: "sql each",
        parameters: { ConnectionPer: "invocation" },
      },
      // More environments than the database has connections for: nine, of which the API has four.
      { id: "lab-relational+wide", label: "sql wide", maximumConcurrency: 12 },
    ],
  },
  "lab-fifo": {
    label: "lab fifo",
    plan: "kills",
    beside: "05",
    alsoBeside: "07",
    // All devices in one group: each waits for all that came before it.
    variants: [{ id: "lab-fifo+one", label: "one group", parameters: { MessageGroup: "all" } }],
  },
};

export const isLab = (chapter: string): boolean => Object.hasOwn(labs, chapter);

/** The plan that answers a lab's question, and the number of the chapter that it is measured beside. */
export function questionOf(lab: string): Pick<Lab, "plan" | "beside" | "alsoBeside"> | undefined {
  return labs[lab];
}

const everyChapters: readonly TrialPart[] = ["day", "storm"];

/** Adds the labs' variants, and makes each lab and what it is measured beside run the lab's plan. */
function withLabs(rows: readonly Row[]): Row[] {
  const measured = rows.flatMap(({ id }) => labs[id] ?? []);
  return rows.flatMap((row): Row[] => {
    const lab = labs[row.id];
    if (lab) {
      const variants = lab.variants.map((variant) => ({ ...row, ...variant, trials: [lab.plan] }));
      return [{ ...row, label: lab.label, trials: [...everyChapters, lab.plan] }, ...variants];
    }
    const plans = measured
      .filter(({ beside, alsoBeside }) => beside === row.id || alsoBeside === row.id)
      .map(({ plan }) => plan);
    return [plans.length === 0 ? row : { ...row, trials: [...everyChapters, ...plans] }];
  });
}

/** Whether a row runs this plan. */
export const livesThrough = ({ trials = everyChapters }: Row, part: TrialPart): boolean =>
  trials.includes(part);
