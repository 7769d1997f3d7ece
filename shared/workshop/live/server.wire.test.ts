import { request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { liveServer } from "./testing/invented-session.ts";
import { ownHeader } from "./wire.ts";
import type { LiveData } from "./wire.ts";

/** Sends a request with headers that `fetch` doesn't let you set. */
function send(
  url: string,
  { method = "GET", headers = {}, body = "" } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      text(response).then((got) => resolve({ status: response.statusCode ?? 0, text: got }), reject);
    });
    sent.on("error", reject).end(body);
  });
}
const json = { "content-type": "application/json" };
const own = { ...json, [ownHeader]: "1" };

it("presses the terminal's keys in every chapter, and says what they did in each", async () => {
  const { url, sessions, said } = await liveServer("06", "07");

  const { status, text: answer } = await send(`${url}actions`, {
    method: "POST",
    headers: own,
    body: '{"key":"k"}',
  });

  expect({ status, answer: JSON.parse(answer) }).toEqual({
    status: 200,
    answer: { lines: [["06 did k"], ["07 did k"]] },
  });
  expect(sessions.map(({ pressed }) => pressed)).toEqual([["k"], ["k"]]);
  expect(said).toEqual(["06  06 did k", "07  07 did k"]);
});

it("turns a dial in every chapter, within its range", async () => {
  const { url, sessions } = await liveServer("06", "07");
  const turn = (body: object) =>
    send(`${url}dials`, { method: "POST", headers: own, body: JSON.stringify(body) });

  expect((await turn({ capacity: 5 })).status).toBe(200);
  const refused = [
    await turn({ capacity: 1_000 }),
    await turn({ perSecond: -1 }),
    await turn({ outage: true }),
  ];

  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400]);
  expect(sessions.map(({ turned }) => turned)).toEqual([[{ capacity: 5 }], [{ capacity: 5 }]]);
});

it.each([
  ["a foreign Host", { ...own, host: "example.com" }],
  ["a foreign Origin", { ...own, origin: "https://example.com" }],
  ["no header of the page's own", json],
])("refuses what changes something with %s", async (_what, headers) => {
  const { url, sessions } = await liveServer("07");

  const answers = await Promise.all([
    send(`${url}actions`, { method: "POST", headers, body: '{"key":"k"}' }),
    send(`${url}dials`, { method: "POST", headers, body: '{"capacity":1}' }),
  ]);

  expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  expect(sessions.map(({ pressed, turned }) => [...pressed, ...turned])).toEqual([[]]);
});

it("refuses to be read by a foreign page, too", async () => {
  const { url } = await liveServer("07");

  const statuses = await Promise.all(
    ["", "chapters/0/events", "chapters/0/story/c-1"].map(
      async (path) => (await send(url + path, { headers: { host: "example.com" } })).status,
    ),
  );

  expect(statuses).toEqual([403, 403, 403]);
});

it("answers an unknown request with an error", async () => {
  const { url } = await liveServer("07");
  const post = (path: string, body: string) => send(url + path, { method: "POST", headers: own, body });

  expect(await send(`${url}chapters/7/events`)).toMatchObject({ status: 404 });
  expect(await send(`${url}secrets`)).toMatchObject({ status: 404 });
  expect(await post("actions", '{"key":"q"}')).toMatchObject({ status: 400 });
  expect((await post("actions", "{")).status).toBeGreaterThanOrEqual(400);
  expect((await send(url, { method: "DELETE", headers: own })).status).toBe(403);
});

it("serves a page with little code that loads nothing from elsewhere", async () => {
  const { url } = await liveServer("06", "07");

  const { text: html } = await send(url);

  const [code = ""] = html.match(/<script>.*?<\/script>/s) ?? [];
  expect(html).toContain("default-src 'none'");
  expect(html).toContain("connect-src 'self'");
  expect(code.length).toBeGreaterThan(10_000);
  expect(code.length).toBeLessThan(120_000);
  expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
});

it("says why a chapter has no whole trace, and has nothing of it", async () => {
  const whyNone = "lab-relational has no whole trace: its tickets are elsewhere.";
  const { url } = await liveServer({ number: "lab-relational", whyNone }, "07");

  const [, live = ""] =
    /<script type="application\/json" id="live">(.*?)<\/script>/s.exec((await send(url)).text) ?? [];
  const { panels } = JSON.parse(live) as LiveData;

  expect(panels.map((panel) => [panel.number, panel.whyNone])).toEqual([
    ["lab-relational", whyNone],
    ["07", undefined],
  ]);
  expect(await send(`${url}chapters/0/events`)).toEqual({
    status: 404,
    text: JSON.stringify({ error: whyNone }),
  });
  expect(await send(`${url}chapters/0/story/c-1`)).toEqual({ status: 200, text: "[]" });
});

it("tells the story of an activation from the trace", async () => {
  const { url, sessions } = await liveServer("07");
  sessions[0]?.note({ kind: "asked", request: 1, customerId: "c-1", macAddress: "00-00-5E-10-00-00-00-00" });

  const { text: story } = await send(`${url}chapters/0/story/00-00-5E-10-00-00-00-00`);

  expect(JSON.parse(story)).toContainEqual(
    expect.objectContaining({ text: expect.stringContaining("asked") }),
  );
});
