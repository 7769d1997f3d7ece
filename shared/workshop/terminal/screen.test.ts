import type { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { fakeTerminal } from "#shared/testing/terminal.ts";
import { cut, drawKeys, fit, painter, widthOf } from "./paint.ts";
import { isTerminal, openScreen } from "./screen.ts";

const terminal = () => fakeTerminal({ columns: 20, rows: 3 });

test("shows the lines, each cut to the width, and no more than there are rows", () => {
  const { stdout, stdin, written } = terminal();
  const screen = openScreen({ stdout, stdin, onKey: () => {}, onClose: () => {} });

  screen.draw(["first", "a line that is too long", "third", "fourth"]);
  screen.close();

  expect(written()).toContain("\u001B[1;1H\u001B[2Kfirst\u001B[2;1H\u001B[2Ka line that is to...\u001B[3;1H");
  expect(written()).not.toContain("fourth");
});

test("restores the terminal once, and draws no more", () => {
  const { stdout, stdin, isRaw, written } = terminal();
  const screen = openScreen({ stdout, stdin, onKey: () => {}, onClose: () => {} });
  const listeners = process.listenerCount("exit");
  expect(isRaw()).toBe(true);

  screen.close();
  screen.close();
  screen.draw(["too late"]);

  expect(written()).toBe("\u001B[?1049h\u001B[?25l\u001B[?25h\u001B[?1049l");
  expect(isRaw()).toBe(false);
  expect(stdin.isPaused()).toBe(true);
  expect(process.listenerCount("exit")).toBe(listeners - 1);
});

test("restores the terminal before an uncaught error is printed", () => {
  const { stdout, stdin, written } = terminal();
  openScreen({ stdout, stdin, onKey: () => {}, onClose: () => {} });

  const events: EventEmitter = process;
  events.emit("uncaughtExceptionMonitor", new Error("a defect"), "uncaughtException");

  expect(written()).toContain("\u001B[?1049l");
});

test("reports single keys, and Ctrl-C or a lost terminal as the wish to leave", async () => {
  const { stdout, stdin } = terminal();
  const heard: string[] = [];
  const screen = openScreen({
    stdout,
    stdin,
    onKey: (key) => heard.push(key),
    onClose: () => heard.push("(close)"),
  });

  stdin.write("sQ?\r\u001B[A\u0003");
  stdin.end();

  await expect.poll(() => heard).toEqual(["s", "q", "?", "return", "up", "(close)", "(close)"]);
  screen.close();
});

test("asks to redraw when the size changes", () => {
  const { stdout, stdin, written } = terminal();
  const screen = openScreen({
    stdout,
    stdin,
    onKey: () => {},
    onClose: () => {},
    onResize: () => screen.draw(["a line of 20 columns"]),
  });

  stdout.columns = 10;
  stdout.emit("resize");
  screen.close();

  expect(screen.columns).toBe(10);
  expect(written()).toContain("a line ...\u001B[2;1H");
});

test("needs a terminal on both sides", () => {
  const { stdout, stdin } = terminal();

  expect(isTerminal({ stdout, stdin })).toBe(true);
  expect(isTerminal({ stdout, stdin: new PassThrough() })).toBe(false);
  expect(isTerminal({ stdout: new PassThrough(), stdin })).toBe(false);
});

test("colours take no columns, and foreign escape sequences are dropped", () => {
  const paint = painter(true);

  expect(widthOf(paint("red", "four"))).toBe(4);
  expect(cut(paint("red", "four"), 4)).toBe(paint("red", "four"));
  expect(cut(`${paint("red", "eleven long")}!`, 8)).toBe(`${paint("red", "eleve...")}`);
  expect(cut("a\u001B[2Jb\u0007c\td\re", 80)).toBe("abc de");
  expect(cut("abc", 2)).toBe("..");
  expect(fit(paint("red", "ab"), 4)).toBe(`${paint("red", "ab")}  `);
  expect(fit("ab", 4, "right")).toBe("  ab");
  expect(painter(false)("red", "plain")).toBe("plain");
});

test("shows the keys in columns, in as few lines as possible", () => {
  const keys = ["send", "burst", "poison", "quit"].map((does) => ({ key: does.charAt(0), does }));

  expect(drawKeys(keys, 80, painter(false))).toEqual(["s send    b burst   p poison  q quit"]);
  expect(drawKeys(keys, 20, painter(false))).toEqual(["s send    b burst", "p poison  q quit"]);
});
