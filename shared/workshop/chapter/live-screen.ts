import { setTimeout as sleep } from "node:timers/promises";
import type { ControlCommand } from "#shared/run/remote-control.ts";
import { hasQueue, hasTickets } from "#shared/run/running-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import type { Paint } from "../terminal/paint.ts";
import { openScreen } from "../terminal/screen.ts";
import type { Screen, Terminal } from "../terminal/screen.ts";
import { createControls } from "./controls.ts";
import type { Controls } from "./controls.ts";
import { Customers } from "./customers.ts";
import { drawLast, drawScreen } from "./draw.ts";
import type { LiveChapter, LiveState } from "./draw.ts";
import { readFigures, withoutMoments } from "./figures.ts";
import type { Figures } from "./figures.ts";
import type { LogBook } from "./log.ts";

const frameMs = 250;

interface LiveOptions {
  running: RunningChapter;
  /** Whether failing messages are set aside. A dead-letter queue alone does nothing. */
  setsAside: boolean;
  /** The chapter that a participant's copy was made from: "05-dead-letter-queue". */
  begunAs?: string | undefined;
  logFile: string;
  log: LogBook;
  paint: Paint;
  makeTrouble: (command: ControlCommand) => Promise<string[]>;
  /** Pages that a key shows in place of tickets and log. */
  pages: Record<string, (columns: number) => string[]>;
}

/** A running chapter on a screen, with keys that send, break and heal. Shows nothing and takes no key before `show`. */
export class LiveScreen {
  readonly #options: LiveOptions;
  readonly #chapter: LiveChapter;
  readonly #customers: Customers;
  readonly #controls: Controls;
  readonly #busy = new Set<string>();
  #figures: Figures = { isApiUp: true, isWorkerUp: true };
  #everyNthTwice = 0;
  #outageEndsAtMs = 0;
  #note: string[] = ["Press s to send a request; w explains the new words."];
  #page: string[] | undefined;
  #screen: Screen | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#chapter = describeLive(options);
    this.#customers = new Customers({
      apiUrl: options.running.apiUrl,
      hasTickets: this.#chapter.hasTickets,
    });
    this.#controls = createControls({
      running: options.running,
      chapter: this.#chapter,
      customers: this.#customers,
      makeTrouble: (command) => this.#makeTrouble(command),
      everyNthTwice: () => this.#everyNthTwice,
      say: (...lines) => this.#say(...lines),
    });
  }

  /** Runs a command from another terminal, so that its trouble shows here too. */
  async carryOut(command: ControlCommand): Promise<string[]> {
    const lines = await this.#makeTrouble(command);
    // The other commands only read.
    if (["kill", "outage", "duplicates"].includes(command.kind)) {
      this.#say(`From another terminal: ${lines[0] ?? command.kind}`);
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
    if (this.#busy.has(key)) {
      this.#say(`The last ${key} is still under way.`);
      return;
    }
    this.#busy.add(key);
    try {
      await this.#act(key);
    } catch (error) {
      // A key without a meaning here says why, and so does one that met a dead process. The screen goes on.
      this.#say(error instanceof Error ? error.message : String(error));
    } finally {
      this.#busy.delete(key);
    }
  }

  async #act(key: string): Promise<void> {
    const { pages } = this.#options;
    const former = this.#page?.join("\n");
    this.#page = undefined;
    if (Object.hasOwn(pages, key)) {
      const lines = pages[key]?.(this.#screen?.columns ?? 0) ?? [];
      // The key that opened a page closes it.
      this.#page = lines.join("\n") === former ? undefined : lines;
    } else if (Object.hasOwn(this.#controls, key)) {
      this.#say(...((await this.#controls[key]?.()) ?? []));
    }
    this.#draw();
  }

  async #makeTrouble(command: ControlCommand): Promise<string[]> {
    const lines = await this.#options.makeTrouble(command);
    if (command.kind === "outage") {
      this.#outageEndsAtMs = Date.now() + command.seconds * 1_000;
    } else if (command.kind === "duplicates") {
      this.#everyNthTwice = command.everyNth;
    }
    return lines;
  }

  async #readAgainAndAgain(): Promise<void> {
    let before: Figures = this.#figures;
    while (this.#screen !== undefined) {
      const [now] = await Promise.all([readFigures(this.#options.running), this.#customers.follow()]);
      this.#figures = withoutMoments(now, before);
      before = now;
      await sleep(frameMs);
    }
  }

  #say(...lines: string[]): void {
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
    const { tickets } = this.#customers;
    const nameOf = (id: string) => tickets.find(({ eventId }) => eventId === id)?.customer;
    return {
      chapter: this.#chapter,
      nowMs: Date.now(),
      figures: this.#figures,
      outageEndsAtMs: this.#outageEndsAtMs,
      everyNthTwice: this.#everyNthTwice,
      tickets,
      log: this.#options.log.last(this.#screen?.rows ?? 0, nameOf),
      note: this.#note,
      ...(this.#page && { page: this.#page }),
    };
  }
}

/** What a screen or a page must know about a chapter. */
export function describeLive({
  running,
  logFile,
  setsAside,
  begunAs,
}: Pick<LiveOptions, "running" | "logFile" | "setsAside" | "begunAs">): LiveChapter {
  return {
    name: begunAs === undefined ? running.chapter : `${running.chapter} (${begunAs})`,
    apiUrl: running.apiUrl,
    logFile,
    worksWith: running.worksWith(),
    hasTickets: hasTickets(running),
    hasQueue: hasQueue(running),
    hasDeadLetterQueue: setsAside,
  };
}
