import { UsageError, readCommand } from "#shared/command.ts";
import type { Deck } from "./deck.ts";
import { lengths } from "./read-story.ts";
import type { Length } from "./read-story.ts";

interface DeckWords {
  length: Length;
  from?: string | undefined;
  referenceOnly: boolean;
  port: number;
  withoutPdf: boolean;
}

/** The deck's length, `20`, `90` or `full` (the default), and whose figures. Throws {@link UsageError}. */
export function readDeckCommand(
  command: "npm run slides" | "npm run slides:build",
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): DeckWords {
  const usage = `${command} 90`;
  const shape = {
    usage,
    flags: { from: "text", reference: "switch", port: "number", nopdf: "switch" },
  } as const;
  const { words, flags } = readCommand(shape, argv, env);
  const [word = "full", ...more] = words;
  const length = lengths.find((each) => each === word);
  if (more.length > 0 || length === undefined) {
    throw new UsageError(
      `Expected one of the lengths ${lengths.join(", ")}, got \`${words.join(" ")}\`; write \`${usage}\`.`,
    );
  }
  const port = flags.port ?? 0;
  if (!Number.isInteger(port) || port > 65_535) {
    throw new UsageError(`Expected a port from 1 to 65535, got ${port}; leave it out for a free one.`);
  }
  return {
    length,
    from: flags.from,
    referenceOnly: flags.reference === true,
    port,
    withoutPdf: flags.nopdf === true,
  };
}

/** What the terminal says about a deck. */
export function deckLines({ slideCount, remarks }: Deck, length: Length): string[] {
  const title = length === "full" ? "everything" : `${length} minutes`;
  return [`Take a Ticket, ${title}: ${slideCount} slides`, ...remarks.map((remark) => `  ${remark}`)];
}
