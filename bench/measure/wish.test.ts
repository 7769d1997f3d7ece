import { expect, test } from "vitest";
import { UsageError } from "#shared/command.ts";
import { readWish } from "./wish.ts";

const url = "http://127.0.0.1:3000/activations";
const read = (...words: string[]) => readWish(words, {});

test("with only a URL, wants both loops, and sends a plain GET", () => {
  const { url: asked, ...wish } = read(url);

  expect(asked.href).toBe(url);
  expect(wish).toEqual({
    method: "GET",
    headers: {},
    body: "",
    rate: 10,
    connections: 10,
    seconds: 10,
    limitSeconds: 10,
    seed: 1,
    json: false,
  });
});

test("a rate alone means the open loop, and connections alone the closed one", () => {
  expect(read(url, "rate=50")).not.toHaveProperty("connections");
  expect(read(url, "--connections", "5")).not.toHaveProperty("rate");
  expect(read(url, "rate=50", "connections=5")).toMatchObject({ rate: 50, connections: 5 });
});

test("posts a body as JSON by default, and accepts several headers", () => {
  const headers = ["header=Accept: text/html", "header=X-Seat: 7: b"];

  expect(read(url, 'body={"a":1}')).toMatchObject({
    method: "POST",
    body: '{"a":1}',
    headers: { "content-type": "application/json" },
  });
  expect(read(url, "body=a", "method=put", ...headers, "--header", "content-type: text/plain")).toMatchObject(
    {
      method: "PUT",
      headers: { accept: "text/html", "x-seat": "7: b", "content-type": "text/plain" },
    },
  );
});

test("turns a repeated header into a list with both values", () => {
  const twice = [
    "header=accept: text/html",
    "header=accept: text/plain",
    "header=cookie: a=1",
    "header=cookie: b=2",
  ];

  expect(read(url, ...twice).headers).toEqual({ accept: "text/html, text/plain", cookie: "a=1; b=2" });
});

test("moves a password from the URL into a header", () => {
  const { url: asked, headers } = read("http://me:s%2Fcret@127.0.0.1:3000/activations");

  expect(asked.href).toBe(url);
  expect(headers).toEqual({ authorization: `Basic ${Buffer.from("me:s/cret").toString("base64")}` });
  expect(read("http://me:s%2Fcret@127.0.0.1:3000/", "header=authorization: Bearer x").headers).toEqual({
    authorization: "Bearer x",
  });
  expect(() => read("http://me:%ff@127.0.0.1:3000/")).toThrow("Expected a name and a password in UTF-8");
});

test("needs no more words for a URL of this machine, however it is written", () => {
  for (const own of ["http://localhost/", "http://127.1.2.3:80", "https://[::1]:8443/", "http://127.1/"]) {
    expect(read(own).url.hostname).toMatch(/^localhost$|^127\.|^\[::1\]$/);
  }
  expect(read("https://example.com/", "elsewhere").url.host).toBe("example.com");
});

test.each([
  ["no URL", [], "Expected a URL, got nothing; write"],
  ["two URLs", [url, url], "Expected one URL"],
  ["what is no URL", ["localhost:3000"], "Expected a URL such as"],
  ["another protocol", ["ftp://localhost/"], "Expected a URL such as"],
  ["somebody else's server", ["http://example.com/"], "add the word `elsewhere`"],
  ["a name that only begins like this machine", ["http://127.0.0.1.example.com/"], "elsewhere"],
  ["a method that nobody knows", [url, "method=FETCH"], "Expected one of DELETE"],
  ["a body with GET", [url, "method=GET", "body=a"], "Expected no body with GET"],
  ["a header without a value", [url, "header=accept"], "Expected a header such as"],
  ["a header that would make two", [url, "header=a: b\r\nc: d"], "Expected a header such as"],
  ["no seconds", [url, "seconds=0"], "0.1 to 3600 seconds"],
  ["a rate of nothing", [url, "rate=0"], "1 to 200000 requests"],
  ["too many requests", [url, "rate=30000"], "which makes 300000"],
  ["half a connection", [url, "connections=0.5"], "1 to 1000 connections"],
  ["no limit", [url, "limit=0"], "a limit of 0.1"],
  ["half a seed", [url, "seed=1.5"], "a whole seed"],
  ["a rate in words", [url, "rate=fast"], "Expected a number"],
])("%s is refused in one sentence", (_what, words, sentence) => {
  expect(() => read(...words)).toThrow(UsageError);
  expect(() => read(...words)).toThrow(sentence);
});
