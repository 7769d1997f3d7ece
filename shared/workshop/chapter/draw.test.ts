import { expect, test } from "vitest";
import { painter, widthOf } from "../terminal/paint.ts";
import { drawLast, drawScreen } from "./draw.ts";
import type { LiveTicket } from "./customers.ts";
import type { LiveState } from "./draw.ts";

const plain = painter(false);
const size = { columns: 80, rows: 24 };
const nowMs = 1_000_000;

const queued: LiveState = {
  chapter: {
    name: "05-dead-letter-queue",
    apiUrl: "http://127.0.0.1:65535",
    logFile: ".running/05.log",
    worksWith: "function",
    hasTickets: true,
    hasQueue: true,
    hasDeadLetterQueue: true,
  },
  nowMs,
  figures: {
    queue: { visible: 2, inFlight: 20, delayed: 1, hidden: 4 },
    setAside: 1,
    environments: 5,
    vendor: { calls: 1_234, provisioned: 1_000, doubled: 3, open: 20, inLine: 0 },
    weather: { outage: false, poisoned: 0 },
    isApiUp: true,
    isWorkerUp: true,
  },
  everyNthTwice: 0,
  tickets: [],
  log: [{ process: "api", text: "API listens", detail: "", times: 1 }],
  note: ["c-101 asks for an activation."],
};
const inMemory: LiveState = {
  ...queued,
  chapter: {
    ...queued.chapter,
    name: "02-ticket",
    worksWith: "api",
    hasQueue: false,
    hasDeadLetterQueue: false,
  },
};
const worker: LiveState = {
  ...queued,
  chapter: { ...queued.chapter, name: "03-queue", worksWith: "worker", hasDeadLetterQueue: false },
};
const draw = (state: LiveState, sized = size) => drawScreen(state, sized, plain);

const ticket: LiveTicket = {
  customer: "c-101",
  isPoison: false,
  sentAtMs: nowMs - 9_000,
  answer: { status: 202, afterMs: 12.4 },
  status: "active",
  activatedAtMs: nowMs - 8_579,
};

// You can make a window narrower while a chapter runs, down to nothing.
test("draws a picture in every width from 1 to 200 columns", () => {
  for (const state of [queued, inMemory, worker, { ...queued, page: ["a page"] }]) {
    for (let columns = 1; columns <= 200; columns += 1) {
      const lines = drawScreen({ ...state, tickets: [ticket] }, { columns, rows: 24 }, plain);

      expect(lines.length).toBeGreaterThanOrEqual(24);
    }
  }
});

test("draws the system in one line, and what the queue holds in another", () => {
  const [, , system, , figures] = draw(queued);

  expect(system).toBe("customer -> API -> [queue] -> function x5 -> vendor (20 open)");
  expect(figures).toBe("queue 3   in work 16   hidden 4   set aside 1   vendor calls 1234   twice 3");
  expect(draw(inMemory)[2]).toBe("customer -> API -> vendor (20 open)");
});

test("says that messages are in flight where hidden ones can't be told apart", () => {
  const figures = { ...queued.figures, queue: { visible: 2, inFlight: 20, delayed: 1 } };

  expect(draw({ ...queued, figures })[4]).toMatch(/^queue 3 {3}in flight 20 {3}set aside 1/);
});

test("leaves out which process listens where", () => {
  const said = { process: "api", text: "API listens on 127.0.0.1:1", detail: "", times: 1 };
  const other = { ...said, text: "activation failed" };

  const lines = draw({ ...queued, log: [said, other] });

  expect(lines.join("\n")).not.toContain("listens");
  expect(lines).toContain("api       activation failed");
});

test("says which process is down, and until when", () => {
  const figures = { ...queued.figures, isWorkerUp: false, weather: { outage: true, poisoned: 1 } };

  const lines = draw({ ...worker, figures, outageEndsAtMs: nowMs + 6_100, everyNthTwice: 1 });

  expect(lines[2]).toContain("-> worker (starts again) -> vendor (down, 7 s)");
  expect(lines[5]).toBe("now: the vendor is down, 1 poison device, every message comes twice");
  expect(draw({ ...inMemory, figures: { ...figures, isApiUp: false } })[2]).toContain(
    "API (starts again) ->",
  );
});

test("shows an unreadable figure as unknown", () => {
  const lines = draw({ ...queued, figures: { isApiUp: true, isWorkerUp: true } });

  expect(lines[2]).toBe("customer -> API -> [queue] -> function x? -> vendor (? open)");
  expect(lines[4]).toBe("queue ?   in flight ?   set aside ?   vendor calls ?   twice ?");
});

test.each([
  ["a queue", queued],
  ["a worker", worker],
  ["neither", inMemory],
])("fills 80x24 exactly, coloured or not, with %s", (_what, state) => {
  const full: LiveState = {
    ...state,
    tickets: Array.from({ length: 200 }, () => ticket),
    log: Array.from({ length: 50 }, () => ({
      process: "function",
      text: "x".repeat(200),
      detail: "y",
      times: 12,
    })),
    note: Array.from({ length: 6 }, () => "z".repeat(200)),
    outageEndsAtMs: nowMs + 9_000,
    everyNthTwice: 10,
    figures: { ...state.figures, weather: { outage: true, poisoned: 12 } },
  };

  for (const paint of [plain, painter(true)]) {
    const lines = drawScreen(full, size, paint);
    expect(lines).toHaveLength(24);
    expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
  }
  expect(draw(full).at(-1)).toBe("w words   q quit");
  expect(draw(full, { columns: 200, rows: 60 })).toHaveLength(60);
});

test("a page replaces tickets and log, but not the figures and the keys", () => {
  const lines = draw({ ...queued, page: ["New words:", "", "queue: a service"] });

  expect(lines[4]).toContain("vendor calls 1234   twice 3");
  expect(lines[7]).toBe("New words:");
  expect(lines.at(-3)).toBe("> The same key goes back.");
  expect(lines.join("\n")).not.toContain("-- log");
});

test("shows an error in one line, with its detail only if it fits", () => {
  const entry = {
    process: "api",
    text: "Expected the vendor's answer",
    detail: "activation failed",
    times: 2,
  };
  const [short, long] = [entry, { ...entry, detail: "d".repeat(60) }];

  const lines = draw({ ...queued, log: [short, long] });

  expect(lines).toContain("api       Expected the vendor's answer (activation failed) (2 times)");
  expect(lines).toContain("api       Expected the vendor's answer (2 times)");
});

test("leaves the figures, the tickets and the path of the log in the terminal", () => {
  const lines = drawLast({ ...queued, tickets: [ticket] }, plain);

  expect(lines[0]).toMatch(/^05-dead-letter-queue /);
  expect(lines).toContain("c-101          202, 12 ms          after 421 ms     active");
  expect(lines.at(-1)).toBe("All that was said is in .running/05.log.");
});

test("says below the other addresses where the page is, while there is one", () => {
  const chapter = { ...queued.chapter, pageUrl: "http://127.0.0.1:65534/" };

  const [first, second] = draw({ ...queued, chapter });

  expect(second).toBe("as a page: http://127.0.0.1:65534/".padStart(80));
  expect(first).toMatch(/^05-dead-letter-queue +http:\S+ {2}\.running/);
  expect(draw(queued)[1]).toBe("");
  expect(drawLast({ ...queued, chapter }, plain).join("\n")).not.toContain("65534");
});
