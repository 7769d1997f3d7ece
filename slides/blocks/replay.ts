import { escaped } from "#shared/html.ts";
import { packReplay } from "#shared/picture/replay-page.ts";
import { readWholeTrace, tracesIn } from "#shared/tracing/read.ts";
import { listed } from "#shared/words.ts";
import { chooseTraces, mostRows, replayPanel, rowOf } from "../../bench/figures/kept-traces.ts";
import type { WantedTraces } from "../../bench/figures/kept-traces.ts";
import type { SlideFigures } from "../figures.ts";
import { StoryError } from "../read-story.ts";

const parts = { day: "the short day", storm: "the storm" } as const;
type ShownPart = keyof typeof parts;
const isPart = (word: string | undefined): word is ShownPart => word === "day" || word === "storm";

// A storm of 07 has 15,000 events. With more than this, two chapters would make the deck several megabytes larger.
const eventsMax = 40_000;

/**
 * A replay of kept traces: `replay 02 07` shows the short day, like the deck's figures, and `replay 02 07 storm` the storm. It plays
 * while its slide is visible. Paper has still pictures of its bookmarks. If no trace was kept, a sentence says what to run.
 */
export function replay(words: readonly string[], figures: SlideFigures): string {
  const { rows, part } = wantedOf(words);
  const packed = figures.of(part, ({ folder }) => packedFrom(folder, { rows, part }));
  const what = `${parts[part]} of ${listed(rows)}`;
  const bench = ["npm run", part === "storm" ? "bench:storm" : "bench", ...rows].join(" ");
  const data = Object.entries(packed).map(
    ([whose, text]) => `<script type="text/plain" data-whose="${whose}">${text}</script>`,
  );
  return (
    `<div class="replay" role="group" aria-label="${escaped(`Replay of ${what}`)}" data-prevent-swipe>` +
    `<p class="nothing">To replay ${escaped(what)}, run <code>${escaped(bench)}</code> and build the ` +
    `deck again.</p>${data.join("")}</div>`
  );
}

function wantedOf(words: readonly string[]): WantedTraces & { part: ShownPart } {
  const last = words.at(-1);
  const part = isPart(last) ? last : "day";
  const rows = isPart(last) ? words.slice(0, -1) : words;
  if (rows.length === 0 || rows.length > mostRows) {
    throw new StoryError(
      `Expected one chapter or ${mostRows}, as in \`replay 02 07\` or \`replay 02 07 storm\`, got \`${words.join(" ")}\`; rewrite it.`,
    );
  }
  return { rows: rows.map(rowOf), part };
}

/** Undefined if the folder lacks one of the traces, or one is damaged. The other results may have them. */
function packedFrom(folder: string, wanted: WantedTraces): string | undefined {
  const panels = (chooseTraces(tracesIn(folder), wanted) ?? []).flatMap(({ file, row }) => {
    const trace = readWholeTrace(file, eventsMax);
    return trace === undefined ? [] : [replayPanel(row, trace)];
  });
  return panels.length === wanted.rows.length ? packReplay({ title: "", source: "", panels }) : undefined;
}
