import { request } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { attack } from "#shared/testing/hostile/attack.ts";
import { hostileSeed, times } from "#shared/testing/toughness.ts";
import { serveDeck } from "./deck-server.ts";

async function serving(build: () => Promise<string>, onError: (message: string) => void = () => undefined) {
  const server = await serveDeck({ port: 0, build, onError });
  onTestFinished(() => server.close());
  return server.url;
}

it("builds the deck for each load, and shows the last good one while it can't", async () => {
  const builds = ["first", "second", undefined, "fourth"];
  const errors: string[] = [];
  const url = await serving(
    () => {
      const html = builds.shift();
      return html === undefined ? Promise.reject(new Error("Slide 3 is wrong")) : Promise.resolve(html);
    },
    (message) => errors.push(message),
  );

  const shown = [];
  for (let load = 0; load < 3; load += 1) {
    const response = await fetch(`${url}?print-pdf`);
    shown.push(await response.text());
    expect(response.headers.get("cache-control")).toBe("no-store");
  }

  expect(shown).toEqual(["second", "second", "fourth"]);
  expect(errors).toEqual(["Slide 3 is wrong"]);
});

it("does not start with a deck that can't be built", async () => {
  await expect(serving(() => Promise.reject(new Error("no results")))).rejects.toThrow("no results");
});

it("listens on this machine only, and says what to do if the port is taken", async () => {
  const url = new URL(await serving(() => Promise.resolve("deck")));

  const second = serveDeck({
    port: Number(url.port),
    build: () => Promise.resolve(""),
    onError: () => undefined,
  });

  expect(url.hostname).toBe("127.0.0.1");
  await expect(second).rejects.toThrow(
    `Expected port ${url.port} to be free, but another process listens on it; stop that one or choose another`,
  );
});

it.each([
  { method: "GET", path: "/", host: "evil.example", status: 403 },
  { method: "POST", path: "/", status: 405 },
  { method: "GET", path: "/../package.json", status: 404 },
  { method: "HEAD", path: "/", status: 200 },
])("answers $method $path of $host with $status", async ({ method, path, host, status }) => {
  const url = new URL(await serving(() => Promise.resolve("deck")));

  const answered = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { host: host ?? url.host };
    request({ host: url.hostname, port: url.port, method, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

  expect(answered).toBe(status);
});

it("answers hostile requests without a mistake of its own, and shows the deck afterwards", async () => {
  const url = await serving(() => Promise.resolve("<!doctype html>"));
  const samples = [{ path: "/" }, { path: "/?print-pdf" }, { method: "HEAD", path: "/?receiver" }];

  const complaints = await attack(
    [{ name: "the deck", url, samples: samples.map((sample) => ({ method: "GET", ...sample })) }],
    { requests: times({ usually: 200, full: 1_000 }), seed: hostileSeed },
  );

  expect(complaints).toEqual([]);
  expect(await (await fetch(url)).text()).toBe("<!doctype html>");
});
