/** A slide asks for what there is not, or is not written as slides are. Its message says: expected, got, what to do. */
export class StoryError extends Error {
  override readonly name = "StoryError";
  /** Of the text that is wrong, counted from 1; undefined if it is wrong as a whole. */
  readonly line: number | undefined;

  constructor(message: string, { line, cause }: { line?: number | undefined; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.line = line;
  }
}
