/** A mistake that people make, as changes of the chapter's own code; its check must fail, and name it. */
export interface Mistake {
  /** In the words of whoever made it: "deletes the message before the device works". */
  name: string;
  /** Whose check must fail. */
  task: number;
  file: string;
  /** What stands in the chapter's file exactly once, however it is laid out, and what stands there instead. */
  edits: readonly (readonly [find: string, replace: string])[];
  /** Part of what the finding says it saw. */
  says: string;
}

/** The chapter's file with the mistake in it. Throws an error that names both if an edit does not find its place. */
export function makeMistake(text: string, { name, file, edits }: Pick<Mistake, "name" | "file" | "edits">) {
  return edits.reduce((changed, [find, replace]) => {
    const parts = changed.split(inAnyLayout(find));
    if (parts.length !== 2) {
      throw new Error(
        `Expected \`${find}\` once in ${file}, for the mistake "${name}", found it ${parts.length - 1} times; change that mistake's edits.`,
      );
    }
    return parts.join(replace);
  }, text);
}

/** A formatter may break a line anywhere, and indents what follows. */
function inAnyLayout(find: string): RegExp {
  const letters = find.replaceAll(/\s/g, "").split("");
  return new RegExp(letters.map((letter) => letter.replace(/\W/, String.raw`\$&`)).join(String.raw`\s*`));
}
