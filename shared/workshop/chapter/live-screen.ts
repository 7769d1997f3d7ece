import { setTimeout as sleep } from "node:timers/promises";
import type { ControlCommand } from "#shared/run/remote-control.ts";
import type { Paint } from "../terminal/paint.ts";
import { openScreen } from "../terminal/screen.ts";
import type { Screen, Terminal } from "../terminal/screen.ts";
import type { LiveSession } from "../live/session.ts";
import { drawLast, drawScreen } from "./draw.ts";
import type { LiveState } from "./draw.ts";
import { readFigures, withoutMoments } from "./figures.ts";
import type { Figures } from "./figures.ts";
import type { LogBook } from "./log.ts";

const frameMs = 250;

interface LiveOptions {
  session: LiveSession;
  log: LogBook;
  paint: Paint;
  /** Where the same can be seen as moving dots. */
  pageUrl?: string | undefined;
  /** Pages that a key shows in place of tickets and log. */
  pages: Record<string, (columns: number) => string[]>;
}

/** A running chapter on a screen, with keys that send, break and heal. Shows nothing and takes no key before `show`. */
export class LiveScreen {
  readonly #options: LiveOptions;
  #figures: Figures = { isApiUp: true, isWorkerUp: true };
  #note: string[] = ["Press s to send a request; w explains the new words."];
  #page: string[] | undefined;
  #screen: Screen | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** Runs a command from another terminal, so that its trouble shows here too. */
  async carryOut(command: ControlCommand): Promise<string[]> {
    const lines = await this.#options.session.carryOut(command);
    // The other commands only read.
    if (["kill", "outage", "duplicates"].includes(command.kind)) {
      this.say(`From another terminal: ${lines[0] ?? command.kind}`);
    }
    return lines;
  }

  /** Opens the screen. Resolves when the user wants to leave. */
  show({ stdout, stdin }: Terminal): Promise<undefined> {
    return new Promise((resolve) => {
      const leave = () => resolve(undefined);
      const draw = () => this.#draw();
      this.#screen = openScreen({
        stdout,
        stdin,
        onKey: (key) => (key === "q" ? leave() : void this.#press(key)),
        onClose: leave,
        onResize: draw,
      });
      draw();
      this.#timer = setInterval(draw, frameMs);
      void this.#readAgainAndAgain();
    });
  }

  /** Closes the screen. Returns the lines that are to stay in the terminal. */
  close(): string[] {
    clearInterval(this.#timer);
    this.#screen?.close();
    this.#screen = undefined;
    return drawLast(this.#state(), this.#options.paint);
  }

  async #press(key: string): Promise<void> {
    const { pages, session } = this.#options;
    const former = this.#page?.join("\n");
    this.#page = undefined;
    if (Object.hasOwn(pages, key)) {
      this.#turnTo(pages[key], former);
    } else if (session.knows(key)) {
      this.say(...(await session.press(key, "terminal")));
    }
    this.#draw();
  }

  /** The key that opened a page closes it. */
  #turnTo(page: ((columns: number) => string[]) | undefined, former: string | undefined): void {
    try {
      const lines = page?.(this.#screen?.columns ?? 0) ?? [];
      this.#page = lines.join("\n") === former ? undefined : lines;
    } catch (error) {
      // It reads a file, which somebody may be changing. The screen goes on.
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  async #readAgainAndAgain(): Promise<void> {
    let before: Figures = this.#figures;
    const { running, customers } = this.#options.session;
    while (this.#screen !== undefined) {
      const [now] = await Promise.all([readFigures(running), customers.follow()]);
      this.#figures = withoutMoments(now, before);
      before = now;
      await sleep(frameMs);
    }
  }

  /** Shows lines until there are others: what a key did, or somebody elsewhere. */
  say(...lines: string[]): void {
    this.#note = lines;
    this.#draw();
  }

  // A picture that can't be drawn is a bug, but the chapter goes on, and its next picture may be fine.
  #draw(): void {
    try {
      this.#screen?.draw(drawScreen(this.#state(), this.#screen, this.#options.paint));
    } catch (error) {
      this.#options.log.add("launcher", `The screen could not be drawn: ${String(error)}`);
    }
  }

  #state(): LiveState {
    const { session, log, pageUrl } = this.#options;
    const { tickets } = session.customers;
    const nameOf = (id: string) => tickets.find(({ eventId }) => eventId === id)?.customer;
    return {
      chapter: { ...session.described, ...(pageUrl !== undefined && { pageUrl }) },
      nowMs: Date.now(),
      figures: this.#figures,
      outageEndsAtMs: session.outageEndsAtMs,
      everyNthTwice: session.everyNthTwice,
      tickets,
      log: log.last(this.#screen?.rows ?? 0, nameOf),
      note: this.#note,
      ...(this.#page && { page: this.#page }),
    };
  }
}
