// One chapter that runs for people: what the keys of the terminal's screen do, and the buttons and dials of the page.
import type { Chapter } from "#shared/run/chapters.ts";
import type { ControlCommand } from "#shared/run/remote-control.ts";
import { hasQueue, hasTickets } from "#shared/run/running-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { createControls } from "../chapter/controls.ts";
import type { Controls, NameOf } from "../chapter/controls.ts";
import { Customers } from "../chapter/customers.ts";
import type { LiveChapter } from "../chapter/draw.ts";
import { setsAside } from "../chapter/figures.ts";
import { createTroublemaker } from "../chapter/trouble.ts";
import { readBegun } from "../course/mine.ts";
import { actions } from "./wire.ts";
import type { ActionKey, Dials } from "./wire.ts";

interface SessionOptions {
  chapter: Pick<Chapter, "folder" | "name" | "number">;
  running: RunningChapter;
  logFile: string;
  /** How many devices the inventory has. Default as many as `startChapter` seeds. */
  devices?: number;
  /** Whether to remember what became of its customers. A page needs that from the trace only. Default false. */
  keepsTickets?: boolean;
  /** Prints lines where the chapter runs. */
  say: (...lines: string[]) => void;
}

type Where = "page" | "terminal";

// The slow tail of the vendor's delays, as on a usual day.
const p99OfMedian = 3;
// More at once would be a burst: customers that a sleeping laptop missed are left out.
const mostAtOnce = 20;
const tickMs = 25;

const nameAt: Record<Where, NameOf> = {
  page: (key) => `"${actions[key]}"`,
  terminal: (key) => key,
};

const isAction = (key: string): key is ActionKey => Object.hasOwn(actions, key);

/** The part of a session that the page's server needs. */
export type PageSession = Pick<LiveSession, "chapter" | "running" | "press" | "dials" | "turn">;

/** The keys of the terminal's screen, the dials, and customers who come by themselves. */
export class LiveSession {
  readonly running: RunningChapter;
  readonly chapter: SessionOptions["chapter"];
  readonly customers: Customers;
  /** What a screen says about the chapter. */
  readonly described: LiveChapter;
  readonly #say: SessionOptions["say"];
  readonly #controls: Record<Where, Controls>;
  readonly #makeTrouble: (command: ControlCommand) => Promise<string[]>;
  readonly #busy = new Set<string>();
  #everyNthTwice = 0;
  #outageEndsAtMs = 0;
  #perSecond = 0;
  #timer: NodeJS.Timeout | undefined;

  static async open(options: SessionOptions): Promise<LiveSession> {
    return new LiveSession(options, await setsAside(options.running));
  }

  private constructor(options: SessionOptions, hasDeadLetterQueue: boolean) {
    const { chapter, running, devices, logFile, keepsTickets = false, say } = options;
    this.#say = say;
    this.running = running;
    this.chapter = chapter;
    this.#makeTrouble = createTroublemaker(running, chapter.number);
    this.described = describe({ running, chapter, logFile, hasDeadLetterQueue });
    const { apiUrl } = running;
    this.customers = new Customers({
      apiUrl,
      hasTickets: this.described.hasTickets,
      areKept: keepsTickets,
      ...(devices !== undefined && { devices }),
    });
    const controlsAt = (where: Where) =>
      createControls({
        running,
        chapter: this.described,
        customers: this.customers,
        makeTrouble: (command) => this.carryOut(command),
        everyNthTwice: () => this.#everyNthTwice,
        say,
        nameOf: nameAt[where],
      });
    this.#controls = { page: controlsAt("page"), terminal: controlsAt("terminal") };
  }

  /** Every n-th message is delivered twice; 0: none. */
  get everyNthTwice(): number {
    return this.#everyNthTwice;
  }

  /** When the ordered outage ends. */
  get outageEndsAtMs(): number {
    return this.#outageEndsAtMs;
  }

  /** Makes trouble, for a key, a button or another terminal. */
  async carryOut(command: ControlCommand): Promise<string[]> {
    const lines = await this.#makeTrouble(command);
    if (command.kind === "duplicates") {
      this.#everyNthTwice = command.everyNth;
    } else if (command.kind === "outage") {
      this.#outageEndsAtMs = Date.now() + command.seconds * 1_000;
    }
    return lines;
  }

  /** Whether this key does something here. */
  knows(key: string): key is ActionKey {
    return isAction(key);
  }

  /**
   * Presses a key of the terminal's screen, or its button on the page. Resolves with lines that say what it did, in the words of that
   * place. Never throws: a key that has no meaning here says why.
   */
  async press(key: ActionKey, where: Where = "page"): Promise<string[]> {
    if (this.#busy.has(key)) {
      return [`The last ${nameAt[where](key)} is still under way.`];
    }
    this.#busy.add(key);
    try {
      return await this.#controls[where][key]();
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    } finally {
      this.#busy.delete(key);
    }
  }

  /** The positions of the dials. */
  async dials(): Promise<Dials> {
    const { medianMs, failureRate, capacity } = await this.running.vendor.weather();
    return { medianMs, failureRate, capacity, perSecond: this.#perSecond };
  }

  async turn({ perSecond, ...weather }: Partial<Dials>): Promise<void> {
    const { medianMs } = weather;
    const change = { ...weather, ...(medianMs !== undefined && { p99Ms: p99OfMedian * medianMs }) };
    if (Object.keys(change).length > 0) {
      await this.running.vendor.setWeather(change);
    }
    if (perSecond !== undefined) {
      this.#arrive(perSecond);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Customers come at regular intervals, whatever the chapter does. */
  #arrive(perSecond: number): void {
    this.#perSecond = perSecond;
    clearInterval(this.#timer);
    if (perSecond === 0) {
      return;
    }
    const fromMs = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - fromMs) * perSecond) / 1_000) - sent;
      sent += due;
      try {
        for (let at = 0; at < Math.min(due, mostAtOnce); at += 1) {
          void this.customers.send(this.customers.takeDevice());
        }
      } catch (error) {
        this.#arrive(0);
        this.#say(error instanceof Error ? error.message : String(error));
      }
    }, tickMs);
  }
}

/** The name of a participant's copy also says which chapter it began as. */
function describe({
  running,
  chapter,
  logFile,
  hasDeadLetterQueue,
}: Pick<SessionOptions, "running" | "chapter" | "logFile"> & { hasDeadLetterQueue: boolean }): LiveChapter {
  const begunAs = readBegun(chapter.folder)?.chapter;
  return {
    name: begunAs === undefined ? running.chapter : `${running.chapter} (${begunAs})`,
    apiUrl: running.apiUrl,
    logFile,
    worksWith: running.worksWith(),
    hasTickets: hasTickets(running),
    hasQueue: hasQueue(running),
    hasDeadLetterQueue,
  };
}
