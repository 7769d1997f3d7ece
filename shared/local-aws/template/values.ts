import type { Item } from "./source.ts";

type Scalar = string | number | boolean;

/** What `!Ref` and `!GetAtt` mean in a template. */
export interface Scope {
  ref(name: string, at: Item): string | number;
  getAtt(resource: string, attribute: string, at: Item): string;
}

/** The value of an item, its functions evaluated. */
export function valueOf(item: Item, scope: Scope): Scalar {
  const call = item.intrinsic();
  switch (call?.name) {
    case undefined:
      return item.scalar();
    case "!Ref":
      return scope.ref(String(call.argument.scalar()), item);
    case "!Sub":
      return substitute(call.argument, scope);
    case "!GetAtt": {
      const [resource = "", ...attribute] = namesOf(call.argument);
      return scope.getAtt(resource, attribute.join("."), item);
    }
    default:
      throw item.fails(`uses ${call?.name}, which is not emulated: use !Ref, !Sub or !GetAtt`);
  }
}

/** The text an item evaluates to; a number is written out, as CloudFormation does. */
export function textOf(item: Item, scope: Scope): string {
  return String(valueOf(item, scope));
}

/** The whole number an item evaluates to. Throws a TemplateError outside `min` to `max`. */
export function integerOf(item: Item, scope: Scope, { min, max }: { min: number; max: number }): number {
  const value = valueOf(item, scope);
  // CloudFormation takes "30" for 30: a parameter's value is always text.
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < min || number > max) {
    throw item.fails(`must be a whole number from ${min} to ${max}, got ${String(value)}`);
  }
  return number;
}

/** The boolean an item evaluates to. */
export function booleanOf(item: Item, scope: Scope): boolean {
  const value = valueOf(item, scope);
  if (value !== true && value !== false && value !== "true" && value !== "false") {
    throw item.fails(`must be true or false, got ${value}`);
  }
  return value === true || value === "true";
}

/** One of the given words. */
export function wordOf(item: Item, scope: Scope, words: readonly string[]): string {
  const word = textOf(item, scope);
  if (!words.includes(word)) {
    throw item.fails(`must be ${words.join(" or ")}, got ${word}`);
  }
  return word;
}

function namesOf(argument: Item): string[] {
  return argument.isList
    ? argument.list().map((part) => String(part.scalar()))
    : String(argument.scalar()).split(".");
}

function substitute(argument: Item, scope: Scope): string {
  if (argument.isList) {
    throw argument.fails("uses !Sub with a list, which is not emulated: use !Sub with one text");
  }
  return String(argument.scalar()).replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) {
      return `\${${name}}`;
    }
    const [resource = "", ...attribute] = name.trim().split(".");
    return attribute.length > 0
      ? scope.getAtt(resource, attribute.join("."), argument)
      : String(scope.ref(resource, argument));
  });
}
