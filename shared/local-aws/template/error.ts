/** The template can't be deployed. The message is one sentence: file and line, what was found, what to do. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}
