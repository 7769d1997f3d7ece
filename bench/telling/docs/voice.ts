// Measures what can be counted of how readable the texts are: the length of sentences, and words that readers stumble over. It doesn't
// replace reading them aloud.

/** The sentences of a Markdown text, without code, tables, comments, front matter and link targets. */
export function sentencesOf(markdown: string): string[] {
  const prose = markdown
    .replaceAll("\r\n", "\n")
    .replace(/^---\n[^]*?\n---\n/, "")
    .replaceAll(/^```[^]*?^```$/gm, "")
    .replaceAll(/<!-- docs:[a-z-]+ -->[^]*?<!-- \/docs -->/g, "")
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll(/^ {4,}.*$/gm, "")
    .replaceAll(/^\|.*$/gm, "")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    // Code counts as one word, whatever it contains, and may begin a sentence.
    .replaceAll(/`[^`]*`/g, "Code");
  return prose
    .split(/\n\s*\n|\n(?=\s*(?:[-*>#]|\d+\.)\s)/)
    .flatMap((block) => block.replaceAll(/\s+/g, " ").split(/(?<=[.!?:;])\s+(?=["'(*]*[A-Z0-9])/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => !sentence.startsWith("#") && wordsIn(sentence) > 3);
}

export const wordsIn = (sentence: string): number =>
  sentence.match(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu)?.length ?? 0;

/** How often these words occur in a text, as whole words and in any case. */
export function countWords(text: string, words: readonly string[]): number {
  const any = new RegExp(`\\b(?:${words.join("|")})\\b`, "gi");
  return text.match(any)?.length ?? 0;
}

/** The strings in a program's code, which become screens and messages, without imports and comments. */
export function stringsOf(code: string): string[] {
  return (
    code
      .replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, "")
      .replaceAll(/^import .*$/gm, "")
      .match(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)
      ?.filter((text) => text.includes(" ")) ?? []
  );
}
