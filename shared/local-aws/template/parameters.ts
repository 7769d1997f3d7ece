import { blocks } from "./properties.ts";
import type { Item } from "./source.ts";

/** The parameters in force, and how they came about. */
export interface Parameters {
  /** By name; a Number is a number, so that it can be told from text. */
  values: ReadonlyMap<string, string | number>;
  /** Given ones that differ from the template's default. */
  overrides: Record<string, string>;
  ignored: Item[];
}

/** Reads `Parameters` and puts the given values in. Throws a TemplateError for a value that AWS would refuse. */
export function readParameters(root: Item, given: Readonly<Record<string, string>>): Parameters {
  const declared = root.get("Parameters")?.entries() ?? [];
  const known = declared.map(({ key }) => key);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const names = known.length > 0 ? `it has ${known.join(", ")}` : "it has none";
    throw root.fails(`has no parameter ${unknown}: ${names}`);
  }

  const values = new Map<string, string | number>();
  const overrides: Record<string, string> = {};
  const ignored: Item[] = [];
  for (const parameter of declared) {
    ignored.push(...parameter.check(blocks.parameter));
    const fallback = parameter.get("Default")?.scalar();
    const value = given[parameter.key] ?? fallback;
    if (value === undefined) {
      throw parameter.fails(`has no Default: give it a value, as ${parameter.key}=...`);
    }
    values.set(parameter.key, accepted(parameter, String(value)));
    if (fallback !== undefined && String(value) !== String(fallback)) {
      overrides[parameter.key] = String(value);
    }
  }
  return { values, overrides, ignored };
}

function accepted(parameter: Item, value: string): string | number {
  const type = String(parameter.need("Type").scalar());
  if (type !== "String" && type !== "Number") {
    throw parameter.fails(`has the type ${type}: use String or Number`);
  }
  if (type === "Number" && (value.trim() === "" || !Number.isFinite(Number(value)))) {
    throw parameter.fails(`must be a number, got ${value}`);
  }

  const allowed = parameter
    .get("AllowedValues")
    ?.list()
    .map((item) => String(item.scalar()));
  if (allowed && !allowed.includes(value)) {
    throw parameter.fails(`must be one of ${allowed.join(", ")}, got ${value}`);
  }
  const pattern = parameter.get("AllowedPattern")?.scalar();
  if (pattern !== undefined && !new RegExp(`^(?:${String(pattern)})$`, "u").test(value)) {
    throw parameter.fails(`must match ${String(pattern)}, got ${value}`);
  }
  const isNumber = type === "Number";
  const size = isNumber ? Number(value) : value.length;
  const least = parameter.get(isNumber ? "MinValue" : "MinLength")?.scalar();
  const most = parameter.get(isNumber ? "MaxValue" : "MaxLength")?.scalar();
  const what = isNumber ? "be" : "have a length of";
  if (least !== undefined && size < Number(least)) {
    throw parameter.fails(`must ${what} at least ${least}, got ${size}`);
  }
  if (most !== undefined && size > Number(most)) {
    throw parameter.fails(`must ${what} at most ${most}, got ${size}`);
  }
  return isNumber ? size : value;
}
