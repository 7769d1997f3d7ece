import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";

import type { PropertyLists } from "./properties.ts";
import { TemplateError } from "./stack.ts";

export type Scalar = string | number | boolean;

const intrinsicTags = ["!Ref", "!Sub", "!GetAtt"];

// The YAML library warns about any other tag, and we treat warnings as errors.
const customTags = [
  ...intrinsicTags.map((tag) => ({ tag, resolve: (text: string) => text })),
  { tag: "!GetAtt", collection: "seq" as const },
];

/** One place in a template: a value with its line, so that every error can name it. */
export class Item {
  /** The last name in its path: `Queue` in `Resources.Queue`. */
  readonly key: string;
  readonly line: number;
  readonly #path: string;
  readonly #node: Node | null;
  readonly #file: SourceFile;

  constructor(file: SourceFile, step: { path: string; key: string; line: number }, node: Node | null) {
    this.#file = file;
    this.key = step.key;
    this.line = step.line;
    this.#path = step.path;
    this.#node = node;
  }

  /** Its path without section and `Properties`: `Resources.Queue.Properties.Tags` -> `Queue.Tags`. */
  get place(): string {
    return this.#path.replace(/^(?:Resources|Parameters|Outputs)\./, "").replace(".Properties.", ".");
  }

  /** The error for a problem at this place: `template.yaml:7: Resources.Queue ${problem}.` */
  fails(problem: string): TemplateError {
    return new TemplateError(`${this.#file.name}:${this.line}: ${this.#path || "the template"} ${problem}.`);
  }

  /** The members of a map. */
  entries(): Item[] {
    if (!isMap<Node, Node | null>(this.#node)) {
      throw this.fails(`must be a map, got ${this.#describe()}`);
    }
    return this.#node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : String(key);
      const path = this.#path ? `${this.#path}.${name}` : name;
      return new Item(this.#file, { path, key: name, line: this.#file.lineOf(key) }, value);
    });
  }

  /** One member of a map, or undefined. */
  get(key: string): Item | undefined {
    return this.entries().find((entry) => entry.key === key);
  }

  /** One member of a map. Throws a TemplateError if it is missing. */
  need(key: string): Item {
    const found = this.get(key);
    if (!found) {
      throw this.fails(`needs ${key}`);
    }
    return found;
  }

  /** The members of a list. */
  list(): Item[] {
    if (!isSeq<Node>(this.#node)) {
      throw this.fails(`must be a list, got ${this.#describe()}`);
    }
    return this.#node.items.map((node, index) => {
      const step = { path: `${this.#path}[${index}]`, key: String(index), line: this.#file.lineOf(node) };
      return new Item(this.#file, step, node);
    });
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  /** A plain value as written, without its tag. */
  scalar(): Scalar {
    const value: unknown = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      throw this.fails(`must be one value, got ${this.#describe()}`);
    }
    return value;
  }

  /** The intrinsic function that this value uses, in its short form (`!Ref`) or its long one (`Fn::GetAtt`). */
  intrinsic(): { name: string; argument: Item } | undefined {
    const tag = this.#node?.tag;
    if (tag && intrinsicTags.includes(tag)) {
      return { name: tag, argument: this };
    }
    const only = isMap(this.#node) && this.#node.items.length === 1 ? this.entries()[0] : undefined;
    return only && /^(?:Ref|Fn::\w+)$/.test(only.key)
      ? { name: `!${only.key.replace("Fn::", "")}`, argument: only }
      : undefined;
  }

  /** The members of a map that are on no list, each as an error, and those that matter on AWS only. */
  compare({ emulated, awsOnly = [], instead = {} }: PropertyLists) {
    const ignored: Item[] = [];
    const refused: TemplateError[] = [];
    for (const entry of this.entries()) {
      const key = entry.key;
      if (awsOnly.includes(key)) {
        ignored.push(entry);
      } else if (!emulated.includes(key)) {
        const known = [...emulated, ...awsOnly].toSorted().join(", ");
        const advice = Object.hasOwn(instead, key) ? instead[key] : `remove it, or use one of ${known}`;
        refused.push(entry.fails(`is not emulated: ${advice}`));
      }
    }
    return { ignored, refused };
  }

  #describe(): string {
    const kind = isMap(this.#node) ? "a map" : isSeq(this.#node) ? "a list" : undefined;
    return kind ?? (isScalar(this.#node) && this.#node.value !== null ? String(this.#node) : "nothing");
  }
}

/** A template's text with its file name and lines. */
export class SourceFile {
  readonly name: string;
  readonly #lines = new LineCounter();

  constructor(name: string) {
    this.name = name;
  }

  lineOf(node: unknown): number {
    const start = (node as Node | null)?.range?.[0];
    return start === undefined ? 1 : this.#lines.linePos(start).line;
  }

  /** Parses YAML. Throws {@link TemplateError} for its first error, or for all warnings. */
  parse(text: string): Item {
    const document = parseDocument(text, { customTags, lineCounter: this.#lines, prettyErrors: false });
    // Later errors may only follow from the first one, but each warning (a tag that is not emulated) is independent.
    const problems = document.errors.length > 0 ? document.errors.slice(0, 1) : document.warnings;
    if (problems.length > 0) {
      throw new TemplateError(
        problems
          .map(({ pos, code, message }) => {
            const { line } = this.#lines.linePos(pos[0]);
            const known = code === "TAG_RESOLVE_FAILED" ? `; use ${intrinsicTags.join(", ")}` : "";
            return `${this.name}:${line}: This is not a readable template: ${message}${known}.`;
          })
          .join("\n"),
      );
    }
    return new Item(this, { path: "", key: "", line: 1 }, document.contents);
  }
}
