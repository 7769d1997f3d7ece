import { StoryError } from "./story-error.ts";

/** Throws {@link StoryError} if a text names a command that package.json does not have. */
export function refuseUnknownCommands(text: string, scripts: Readonly<Record<string, string>>): void {
  for (const [, name = ""] of text.matchAll(/npm run ([a-z][a-z:-]*)/g)) {
    if (!Object.hasOwn(scripts, name)) {
      throw new StoryError(`Expected a command of package.json, got \`npm run ${name}\`; rewrite it.`);
    }
  }
}
