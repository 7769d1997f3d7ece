/** A slide asks for what there is not, or is not written as slides are. Its message says: expected, got, what to do. */
export class StoryError extends Error {
  override readonly name = "StoryError";
}
