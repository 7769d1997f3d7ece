import { failures } from "../errors.ts";

/** A request's body: some JSON object, not yet checked. */
export type Input = Readonly<Record<string, unknown>>;

// Checked by hand, not with a schema: this runs for every message, and the errors need AWS's form.

/** Throws {@link SqsError} unless it is a non-empty string. */
export function requiredString(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (value === undefined || value === "") {
    throw failures.missing(name);
  }
  return value;
}

export function optionalString(input: Input, name: string): string | undefined {
  const value = input[name] ?? undefined;
  if (value !== undefined && typeof value !== "string") {
    throw failures.malformed(`${kindOf(value)} can not be converted to a String (${name})`);
  }
  return value;
}

/** Throws {@link SqsError} unless it is absent or an integer in the range. */
export function optionalInteger(
  input: Input,
  name: string,
  min: number,
  max: number,
  // AWS words this error differently from parameter to parameter.
  reason = `Must be between ${min} and ${max}, if provided.`,
): number | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw failures.malformed(`${kindOf(value)} can not be converted to an Integer (${name})`);
  }
  if (value < min || value > max) {
    throw failures.invalidValue(value, name, reason);
  }
  return value;
}

export function requiredInteger(input: Input, name: string, min: number, max: number): number {
  const value = optionalInteger(input, name, min, max);
  if (value === undefined) {
    throw failures.missing(name);
  }
  return value;
}

export function strings(input: Input, name: string): string[] {
  return list(input, name, (value): value is string => typeof value === "string");
}

export function objects(input: Input, name: string): Input[] {
  return list(input, name, isObject);
}

/** An object whose values pass `read`; empty if absent. */
export function map<Value>(input: Input, name: string, read: (value: unknown, key: string) => Value) {
  const value = input[name] ?? {};
  if (!isObject(value)) {
    throw failures.malformed(`${kindOf(value)} can not be converted to a Map (${name})`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, read(entry, key)]));
}

export function isObject(value: unknown): value is Input {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list<Item>(input: Input, name: string, isItem: (value: unknown) => value is Item): Item[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value) || !value.every(isItem)) {
    throw failures.malformed(`${kindOf(value)} can not be converted to a List (${name})`);
  }
  return value;
}

function kindOf(value: unknown): string {
  const kind = Array.isArray(value) ? "list" : value === null ? "null" : typeof value;
  return `${kind}_VALUE`.toUpperCase();
}
