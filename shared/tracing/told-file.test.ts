import { writeSync } from "node:fs";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { ToldReader, ToldWriter } from "./told-file.ts";

let reader: ToldReader;
let writer: ToldWriter;

beforeEach(() => {
  reader = new ToldReader();
  onTestFinished(() => reader.close());
  writer = new ToldWriter(reader.fd);
});

it("reads each line once, in order, whatever it contains", () => {
  expect(reader.read()).toEqual([]);
  expect(writer.write({ text: 'a "line"\nof ☕' })).toBe(true);
  writer.write({ second: 2 });
  expect(reader.read()).toEqual([{ text: 'a "line"\nof ☕' }, { second: 2 }]);
  writer.write({ third: 3 });
  expect(reader.read()).toEqual([{ third: 3 }]);
  expect(reader.read()).toEqual([]);
});

it("reads no line that a full disk cut off, and goes on with what is written over it", () => {
  writer.write({ first: 1 });
  writeSync(reader.fd, `{"second":"${"2".repeat(60)}`, `{"first":1}\n`.length);
  expect(reader.read()).toEqual([{ first: 1 }]);

  writer.write({ third: 3 });
  expect(reader.read()).toEqual([{ third: 3 }]);
  writer.write({ fourth: 4 });
  expect(reader.read()).toEqual([{ fourth: 4 }]);
});

it("begins again once all is read, so that the file stays short", () => {
  writer.write({ first: 1 });
  expect(reader.read()).toEqual([{ first: 1 }]);
  writer.write({ second: 2 });
  // Too early: there is more to read.
  writer.beginAgain(reader.readBytes);
  expect(reader.read()).toEqual([{ second: 2 }]);

  writer.beginAgain(reader.readBytes);
  writer.write({ third: 3 });

  expect(reader.read()).toEqual([{ third: 3 }]);
  expect(reader.sizeBytes).toBe(`{"timesBegun":1}\n{"third":3}\n`.length);
});

it.each([false, true])(
  "notices that the writer began again, however long the file is since (and was read while empty: %s)",
  (isReadBetween) => {
    writer.write({ first: 1 });
    expect(reader.read()).toEqual([{ first: 1 }]);
    for (const count of [1, 10, 100]) {
      const { readBytes } = reader;
      writer.beginAgain(readBytes);
      const between = isReadBetween ? reader.read() : [];
      const lines = Array.from({ length: count }, (_, line) => ({ line, of: count }));
      lines.forEach((line) => writer.write(line));

      expect(between).toEqual([]);
      expect(reader.sizeBytes).toBeGreaterThan(readBytes);
      expect(reader.read()).toEqual(lines);
    }
  },
);

it("says that it could not write", () => {
  expect(new ToldWriter(-1).write({ first: 1 })).toBe(false);
});
