import type { Dice } from "./dice.ts";

/** Text in place of a JSON value that JSON.stringify would never write. */
class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const deep = (depth: number) => [
  "[".repeat(depth) + "]".repeat(depth),
  `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
];

const oddTexts = [
  "1e999",
  "-1e999",
  "-0",
  "1e-400",
  "123456789012345678901234567890",
  "NaN",
  "undefined",
  "01",
  "+1",
  ".5",
  "0x10",
  '"\\ud800"',
  '"\\u0000"',
  '"\\x"',
  '"a\nb"',
  "'a'",
  '"a',
  "[1,]",
  '{"a":1,"a":2}',
  "//",
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  "",
  " ",
  "\u0000",
  ...[10, 1_000, 5_000, 20_000].flatMap(deep),
].map((text) => new Raw(text));

const oddNames = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
  " ",
  "\u0000",
  "\u001b[2J",
  "$where",
  "a.b",
  "Id",
  "QueueUrl",
  "Attributes",
  "All",
  "x".repeat(300),
  "\ud800",
  "\u00e4",
  "💥",
];

// No value here is a valid wait for a server: a fuzzer has no time for long polls.
const oddValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  [],
  {},
  [[]],
  [null],
  { "": 0 },
  "",
  " ",
  "\u0000",
  "\u001b[2J",
  "\ud800",
  "\ufffe",
  "💥".repeat(50),
  "ä",
  "%ff%00",
  "../../etc/passwd",
  "true",
  "null",
  "-1",
  "1e3",
  "0x10",
  "NaN",
  "12345678901234567890",
  "*",
  "{}",
  "[]",
  '"',
  "'",
  "${x}",
  "arn:aws:sqs:us-east-1:000000000000:x",
  "http://127.0.0.1:1/000000000000/x",
  "All",
  ".*",
  "a.fifo",
  "x".repeat(81),
  "x".repeat(300),
  "x".repeat(5_000),
  "\ud800".repeat(100),
  "=".repeat(64),
  Array.from({ length: 11 }, (_, at) => ({ Id: String(at) })),
  Array.from({ length: 1_000 }, () => 0),
  ...oddNames,
];
const big = "x".repeat(300_000);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Raw);

/** A change to one place of a body, and its description. */
type Change = [how: string, change: (value: unknown) => unknown];

/** Changes one or two places of a body, or its encoding. */
export function changedBody(value: unknown, dice: Dice): { how: string[]; body: Buffer } {
  const how: string[] = [];
  let changed = value;
  for (let times = dice.pick([0, 1, 1, 1, 2]); times > 0; times -= 1) {
    const place = { left: dice.below(placesIn(changed)) };
    changed = changeAt(changed, place, (there) => {
      const [what, change] = dice.pick(changesOf(there, dice));
      how.push(what);
      return change(there);
    });
  }
  const text = written(changed);
  if (how.length > 0 && dice.next() < 0.9) {
    return { how, body: Buffer.from(text) };
  }
  const [what, body] = dice.pick(writings(text, dice));
  return { how: [...how, what], body };
}

function placesIn(value: unknown): number {
  const below = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
  return below.reduce<number>((sum, each) => sum + placesIn(each), 1);
}

/** Changes the n-th value, in the order in which JSON is written. */
function changeAt(value: unknown, place: { left: number }, change: (value: unknown) => unknown): unknown {
  place.left -= 1;
  if (place.left === -1) {
    return change(value);
  }
  if (Array.isArray(value)) {
    return value.map((each) => changeAt(each, place, change));
  }
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, changeAt(each, place, change)]))
    : value;
}

function changesOf(value: unknown, dice: Dice): Change[] {
  const odd = dice.pick(dice.next() < 0.3 ? oddTexts : oddValues);
  const name = dice.pick(oddNames);
  const changes: Change[] = [
    ["a value of another kind", () => odd],
    ["a value in a list", (there) => [there]],
    ["a value in a map", (there) => Object.fromEntries([[name, there]])],
  ];
  if (dice.next() < 0.02) {
    changes.push(["300,000 letters", () => big]);
  }
  if (typeof value === "string") {
    const at = dice.below(value.length + 1);
    const put = dice.pick(["\u0000", "\u001b", "\ud800", "%", " ", "/", ".", "ÿ", "\n", "💥"]);
    changes.push(
      ["a character put in", () => value.slice(0, at) + put + value.slice(at)],
      ["a text cut off", () => value.slice(0, at)],
      ["a text repeated", () => value.repeat(dice.pick([2, 30]))],
      [
        "letters of the other case",
        () => (value === value.toUpperCase() ? value.toLowerCase() : value.toUpperCase()),
      ],
    );
  }
  if (Array.isArray(value)) {
    changes.push(
      ["an empty list", () => []],
      ["a list repeated", () => Array.from({ length: dice.pick([2, 11, 200]) }, () => value).flat()],
    );
  }
  if (isMap(value)) {
    const entries = Object.entries(value);
    const at = dice.below(entries.length);
    const others = entries.filter((_, index) => index !== at);
    changes.push(
      ["a field left out", () => Object.fromEntries(others)],
      ["a field of another name", () => Object.fromEntries([...others, [name, entries[at]?.[1]]])],
      ["a field too much", () => Object.fromEntries([...entries, [name, odd]])],
      ["another field's value", () => Object.fromEntries([...others, [entries[at]?.[0] ?? name, odd]])],
    );
  }
  return changes;
}

/** As JSON, except for what JSON can't express. */
function written(value: unknown): string {
  const raw: string[] = [];
  const text = JSON.stringify(value, (_name, each: unknown) =>
    each instanceof Raw ? `raw text ${raw.push(each.text) - 1}` : each,
  );
  return text.replaceAll(/"raw text (\d+)"/g, (_all, at: string) => raw[Number(at)] ?? "");
}

function writings(text: string, dice: Dice): [how: string, body: Buffer][] {
  const bytes = Buffer.from(text);
  const at = dice.below(bytes.length + 1);
  const withBytes = (...odd: number[]) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(odd), bytes.subarray(at)]);
  return [
    ["JSON that breaks off", bytes.subarray(0, at)],
    ["a body of nothing", Buffer.alloc(0)],
    ["a body of null", Buffer.from("null")],
    ["a body that is a list", Buffer.from(`[${text}]`)],
    ["a body that is a text", Buffer.from(JSON.stringify(text))],
    ["a body that is a number", Buffer.from("1")],
    ["JSON twice", Buffer.from(text + text)],
    ["bytes that are no UTF-8", withBytes(0xff, 0xfe)],
    ["an overlong NUL", withBytes(0xc0, 0x80)],
    ["a byte order mark", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])],
    ["UTF-16", Buffer.from(text, "utf16le")],
    ["50,000 blanks", Buffer.from(" ".repeat(50_000) + text)],
    ["a form", Buffer.from("Action=SendMessage&Version=2012-11-05")],
  ];
}
