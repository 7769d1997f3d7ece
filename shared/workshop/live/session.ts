// One chapter that runs for the live page: what its buttons and dials do.
import type { Chapter } from "#shared/run/chapters.ts";
import type { ControlCommand } from "#shared/run/remote-control.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { createControls } from "../chapter/controls.ts";
import { Customers } from "../chapter/customers.ts";
import { setsAside } from "../chapter/figures.ts";
import { describeLive } from "../chapter/live-screen.ts";
import { createTroublemaker } from "../chapter/trouble.ts";
import type { Dials } from "./wire.ts";

interface SessionOptions {
  chapter: Chapter;
  running: RunningChapter;
  logFile: string;
  devices: number;
  begunAs: string | undefined;
  /** Says lines in the terminal. */
  say: (line: string) => void;
}

// The slow tail of the vendor's delays, as on a usual day.
const p99OfMedian = 3;
// More in one go would be a burst: what a sleeping laptop missed is left out.
const mostAtOnce = 20;
const tickMs = 25;

/** The keys of the terminal's screen, the dials, and customers who come by themselves. */
export class LiveSession {
  readonly running: RunningChapter;
  readonly chapter: Chapter;
  readonly #options: SessionOptions;
  readonly #customers: Customers;
  readonly #keys: ReturnType<typeof createControls>;
  readonly #makeTrouble: (command: ControlCommand) => Promise<string[]>;
  readonly #busy = new Set<string>();
  #everyNthTwice = 0;
  #perSecond = 0;
  #timer: NodeJS.Timeout | undefined;

  static async open(options: SessionOptions): Promise<LiveSession> {
    return new LiveSession(options, await setsAside(options.running));
  }

  private constructor(options: SessionOptions, hasDeadLetterQueue: boolean) {
    const { chapter, running, devices, logFile, begunAs } = options;
    this.#options = options;
    this.running = running;
    this.chapter = chapter;
    this.#makeTrouble = createTroublemaker(running, chapter.number);
    const live = describeLive({ running, logFile, setsAside: hasDeadLetterQueue, begunAs });
    const { apiUrl } = running;
    this.#customers = new Customers({ apiUrl, hasTickets: live.hasTickets, devices, areKept: false });
    this.#keys = createControls({
      running,
      chapter: live,
      customers: this.#customers,
      makeTrouble: (command) => this.carryOut(command),
      everyNthTwice: () => this.#everyNthTwice,
      say: (...lines) => options.say(lines.join(" ")),
    });
  }

  /** Makes trouble, whoever asks for it: the page, or another terminal. */
  async carryOut(command: ControlCommand): Promise<string[]> {
    const lines = await this.#makeTrouble(command);
    if (command.kind === "duplicates") {
      this.#everyNthTwice = command.everyNth;
    }
    return lines;
  }

  /** Presses a key of the terminal's screen. Never throws: a key that has no meaning here says why. */
  async press(key: string): Promise<string[]> {
    if (this.#busy.has(key)) {
      return [`The last ${key} is still under way.`];
    }
    this.#busy.add(key);
    try {
      return (await this.#keys[key]?.()) ?? [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    } finally {
      this.#busy.delete(key);
    }
  }

  /** Where the dials stand. */
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

  /** Customers come evenly, whatever the chapter does. */
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
          void this.#customers.send(this.#customers.takeDevice());
        }
      } catch (error) {
        this.#arrive(0);
        this.#options.say(error instanceof Error ? error.message : String(error));
      }
    }, tickMs);
  }
}
