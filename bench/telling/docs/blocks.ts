/** The figures of one place in a text, written between two comments that GitHub does not show. */
export interface Block {
  name: string;
  body: string;
}

/** A text asks for a block that nobody makes, or does not end one. Its message says where. */
export class BlockError extends Error {
  override readonly name = "BlockError";
}

const opening = /<!-- docs:([a-z-]+) -->/;
const marked = /<!-- docs:([a-z-]+) -->\n([\s\S]*?)<!-- \/docs -->/g;

/** The blocks of a text, as they stand in it. Throws {@link BlockError} if one has no end. */
export function readBlocks(text: string, file: string): Block[] {
  const blocks = [...text.matchAll(marked)].map(([, name = "", body = ""]) => ({ name, body: body.trim() }));
  const unfinished =
    opening.exec(text.replaceAll(marked, ""))?.[1] ?? blocks.find(({ body }) => opening.test(body))?.name;
  if (unfinished !== undefined) {
    throw new BlockError(
      `Expected \`<!-- docs:${unfinished} -->\` in ${file} to end with \`<!-- /docs -->\`; add that line.`,
    );
  }
  return blocks;
}

/** The text with new figures. Throws {@link BlockError} for a block that `bodies` does not know. */
export function fillBlocks(text: string, bodies: Readonly<Record<string, string>>, file: string): string {
  for (const { name } of readBlocks(text, file)) {
    if (!Object.hasOwn(bodies, name)) {
      const known = Object.keys(bodies).join(", ") || "none";
      throw new BlockError(
        `Expected one of the blocks ${known} in ${file}, got \`docs:${name}\`; rename it.`,
      );
    }
  }
  // A function, since a dollar sign in the figures is no reference to a group.
  return text.replaceAll(
    marked,
    (_whole, name: string) => `<!-- docs:${name} -->\n\n${bodies[name] ?? ""}\n\n<!-- /docs -->`,
  );
}
