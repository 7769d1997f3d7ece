// What the live page's server answers: the page, each chapter's trace as it comes, stories, and what the buttons do.
import { join } from "node:path";
import express from "express";
import type { Express, Response } from "express";
import * as z from "zod";
import { embeddedJson } from "#shared/html.ts";
import { page, pageScript } from "#shared/picture/html-page.ts";
import { partsOf } from "#shared/picture/scene/parts.ts";
import { pageStyles } from "#shared/picture/replay-page.ts";
import { readTrace } from "#shared/tracing/activations.ts";
import { biographyOf } from "#shared/tracing/biography.ts";
import { streamTrace } from "#shared/tracing/serve.ts";
import { readTitle } from "../readme.ts";
import { readCodePlaces } from "../why/code-places.ts";
import type { PageSession } from "./session.ts";
import { actions, dialRanges, ownHeader } from "./wire.ts";
import type { ActionKey, Dials, LiveData } from "./wire.ts";

const projectPage = join(import.meta.dirname, "..", "..", "picture", "page", "live.ts");

const dial = (name: keyof Dials) => z.number().min(dialRanges[name].min).max(dialRanges[name].max).optional();
const dialsSchema = z.strictObject({
  medianMs: dial("medianMs"),
  failureRate: dial("failureRate"),
  capacity: dial("capacity"),
  perSecond: dial("perSecond"),
});
const actionSchema = z.strictObject({ key: z.enum(Object.keys(actions) as [ActionKey, ...ActionKey[]]) });

/** Answers the live page's requests. Its streams end when `over` is aborted. */
export function liveApp(
  sessions: readonly PageSession[],
  say: (line: string) => void,
  over: AbortSignal,
): Express {
  // Bundled now, since that takes longer than everything else.
  pageScript(projectPage);
  const app = express().disable("x-powered-by").disable("etag");
  app.use((request, response, next) => {
    response.set({ "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
    if (request.method === "GET" || request.method === "HEAD") {
      next();
    } else if (request.method !== "POST" || request.get(ownHeader) === undefined) {
      response
        .status(403)
        .json({ error: `Expected a POST with the header ${ownHeader}, as the page sends it` });
    } else {
      next();
    }
  });
  app.use(express.json({ limit: 1_000 }));
  app.get("/", async (_request, response) => {
    response
      .type("html")
      .send(livePage({ panels: sessions.map(panelOf), dials: await firstDials(sessions) }));
  });
  addTraces(app, sessions, over);
  addActions(app, sessions, say);
  app.use(
    (_request, response) => void response.status(404).json({ error: "There is only the live page, at /" }),
  );
  return app;
}

function addTraces(app: Express, sessions: readonly PageSession[], over: AbortSignal): void {
  app.get("/chapters/:at/events", async (request, response) => {
    const trace = sessions[Number(request.params.at)]?.running.trace;
    if (trace === undefined || "whyNone" in trace) {
      response.status(404).json({ error: trace?.whyNone ?? "There is no such chapter" });
      return;
    }
    // The reader may leave at any moment, or a part of the chapter may be gone. Then the page connects again.
    await streamTrace(trace, request, response, over).catch(() => response.end());
  });
  app.get("/chapters/:at/story/:name", async (request, response) => {
    const session = sessions[Number(request.params.at)];
    const trace = session?.running.trace;
    if (session === undefined || trace === undefined || "whyNone" in trace) {
      response.json([]);
      return;
    }
    const read = readTrace(await trace.read());
    response.json(biographyOf(read.trace, request.params.name, readCodePlaces(session.chapter), read));
  });
}

function addActions(app: Express, sessions: readonly PageSession[], say: (line: string) => void): void {
  const refuse = (response: Response, error: z.ZodError) =>
    void response.status(400).json({ error: z.prettifyError(error) });
  app.post("/actions", async (request, response) => {
    const { data, error } = actionSchema.safeParse(request.body);
    if (error !== undefined) {
      refuse(response, error);
      return;
    }
    const lines = await Promise.all(sessions.map((session) => session.press(data.key)));
    for (const [at, [line]] of lines.entries()) {
      const which = sessions.length > 1 ? `${sessions[at]?.chapter.number}  ` : "";
      say(`${which}${line ?? actions[data.key]}`);
    }
    response.json({ lines });
  });
  app.post("/dials", async (request, response) => {
    const { data, error } = dialsSchema.safeParse(request.body);
    if (error !== undefined) {
      refuse(response, error);
      return;
    }
    const turned = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
    await Promise.all(sessions.map((session) => session.turn(turned)));
    say(
      Object.entries(turned)
        .map(([name, value]) => `${dialRanges[name as keyof Dials].label}: ${value}`)
        .join(", "),
    );
    response.json(await firstDials(sessions));
  });
}

async function firstDials([first]: readonly PageSession[]): Promise<Dials> {
  const none = { medianMs: 400, failureRate: 0, capacity: 20, perSecond: 0 };
  return (await first?.dials().catch(() => none)) ?? none;
}

function panelOf({ chapter, running }: PageSession): LiveData["panels"][number] {
  return {
    title: readTitle(chapter.folder) ?? chapter.name,
    number: chapter.number,
    parts: partsOf(running),
    ...("whyNone" in running.trace && { whyNone: running.trace.whyNone }),
  };
}

function livePage(data: LiveData): string {
  return page({
    title: `Take a Ticket, live: ${data.panels.map(({ number }) => number).join(" and ")}`,
    entry: projectPage,
    styles: pageStyles(),
    body: `<noscript><p class="remark">The live page moves, so it needs scripts: allow them for 127.0.0.1.</p></noscript>
<main></main>
<script type="application/json" id="live">${embeddedJson(data)}</script>`,
    alsoAllowed: "; connect-src 'self'",
  });
}
