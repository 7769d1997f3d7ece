import { setTimeout as sleep } from "node:timers/promises";
import type { ControlCommand } from "#shared/run/remote-control.ts";
import { hasQueue } from "#shared/run/outputs.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import type { Paint } from "#shared/workshop/screen/paint.ts";
import { openScreen } from "#shared/workshop/screen/screen.ts";
import type { Screen, ScreenOptions } from "#shared/workshop/screen/screen.ts";
import { createControls } from "./controls.ts";
import { Customers } from "./customers.ts";
import { drawLast, drawScreen } from "./draw.ts";
import type { LogBook } from "./log-book.ts";
import { readFigures } from "./read-figures.ts";
import type { Figures, LiveState } from "./state.ts";

const frameMs = 250;

interface LiveOptions {
  running: RunningChapter;
  /** "05" */
  number: string;
  logFile: string;
  log: LogBook;
  paint: Paint;
  makeTrouble: (command: ControlCommand) => Promise<string[]>;
  /** Pages that a key shows over tickets and log. */
  pages: Record<string, (columns: number) => string[]>;
}

/** A running chapter on a screen, with keys that send, break and mend. */
export interface Live {
  /** Takes a command of another terminal, so that its trouble shows here as well. */
  carryOut: (command: ControlCommand) => Promise<string[]>;
  /** Opens the screen; resolves when the user wants to leave. */
  show: (terminal: Pick<ScreenOptions, "stdout" | "stdin">) => Promise<undefined>;
  /** Gives the terminal back, and what is to stay in it. */
  close: () => string[];
}

/** Nothing is shown, and no key is taken, before `show`. */
export function createLive(options: LiveOptions): Live {
  const { running, log, paint, pages } = options;
  const chapter = describe(options);
  const customers = new Customers({ apiUrl: running.apiUrl, hasTickets: chapter.hasTickets });
  let figures: Figures = { isApiUp: true, isWorkerUp: true };
  let everyNthTwice = 0;
  let outageEndsAtMs = 0;
  let note: string[] = ["Press s to send a request; w explains the new words."];
  let page: string[] | undefined;
  let screen: Screen | undefined;

  const state = (): LiveState => ({
    chapter,
    nowMs: Date.now(),
    figures,
    outageEndsAtMs,
    everyNthTwice,
    tickets: customers.tickets,
    log: log.last(
      screen?.rows ?? 0,
      (id) => customers.tickets.find(({ eventId }) => eventId === id)?.customer,
    ),
    note,
    ...(page && { page }),
  });
  const draw = () => screen?.draw(drawScreen(state(), screen, paint));
  const say = (...lines: string[]) => {
    note = lines;
    draw();
  };
  const makeTrouble = async (command: ControlCommand): Promise<string[]> => {
    const lines = await options.makeTrouble(command);
    if (command.kind === "outage") {
      outageEndsAtMs = Date.now() + command.seconds * 1_000;
    } else if (command.kind === "duplicates") {
      everyNthTwice = command.everyNth;
    }
    return lines;
  };
  const controls = createControls({
    running,
    chapter,
    customers,
    makeTrouble,
    everyNthTwice: () => everyNthTwice,
    say,
  });

  const act = async (key: string): Promise<void> => {
    const former = page?.join("\n");
    page = undefined;
    if (Object.hasOwn(pages, key)) {
      const lines = pages[key]?.(screen?.columns ?? 0) ?? [];
      // The key that opened a page closes it.
      page = lines.join("\n") === former ? undefined : lines;
    } else if (Object.hasOwn(controls, key)) {
      say(...((await controls[key]?.()) ?? []));
    }
    draw();
  };
  const busy = new Set<string>();
  const press = async (key: string): Promise<void> => {
    if (busy.has(key)) {
      say(`The last ${key} is still under way.`);
      return;
    }
    busy.add(key);
    try {
      await act(key);
    } catch (error) {
      // A key that has no meaning here says why; one that met a dead process, too. The screen goes on.
      say(error instanceof Error ? error.message : String(error));
    } finally {
      busy.delete(key);
    }
  };

  const readAgainAndAgain = async () => {
    while (screen !== undefined) {
      [figures] = await Promise.all([readFigures(running), customers.follow()]);
      await sleep(frameMs);
    }
  };

  let stopDrawing = () => {};
  return {
    carryOut: async (command) => {
      const lines = await makeTrouble(command);
      // Others only ask, and change nothing.
      if (["kill", "outage", "duplicates"].includes(command.kind)) {
        say(`From another terminal: ${lines[0] ?? command.kind}`);
      }
      return lines;
    },
    show: (terminal) =>
      new Promise((resolve) => {
        screen = openScreen({
          ...terminal,
          onKey: (key) => (key === "q" ? resolve(undefined) : void press(key)),
          onClose: () => resolve(undefined),
          onResize: draw,
        });
        draw();
        const timer = setInterval(draw, frameMs);
        stopDrawing = () => clearInterval(timer);
        void readAgainAndAgain();
      }),
    close: () => {
      stopDrawing();
      screen?.close();
      screen = undefined;
      return drawLast(state(), paint);
    },
  };
}

function describe({ running, number, logFile }: LiveOptions): LiveState["chapter"] {
  const { outputs } = running;
  return {
    name: running.chapter,
    number,
    apiUrl: running.apiUrl,
    logFile,
    worksWith: running.worksWith(),
    hasTickets: outputs["ACTIVATIONS_TABLE"] !== undefined || running.storeUrl !== undefined,
    hasQueue: hasQueue(outputs),
    hasDeadLetterQueue: outputs["DEAD_LETTER_QUEUE_URL"] !== undefined,
  };
}
