import type { Paint } from "../terminal/paint.ts";
import { listenForKeys, openScreen } from "../terminal/screen.ts";
import type { KeyInput, Screen, Terminal } from "../terminal/screen.ts";
import { Actions } from "./actions.ts";
import type { CommandName, Commands } from "./commands.ts";
import { drawFollow, keysFor } from "./draw.ts";
import type { Question } from "./draw.ts";
import { Session } from "./session.ts";
import { watchFolder } from "./watch.ts";

interface FollowOptions {
  terminal: Terminal;
  /** The participant's copy. */
  mine: string;
  /** The folder with the progress. */
  kept: string;
  commands: Commands;
  paint: Paint;
}

const frameMs = 1_000;

/** One screen that follows a participant through the chapters. */
export class FollowScreen {
  readonly #options: FollowOptions;
  readonly #session: Session;
  readonly #actions: Actions;
  #screen: Screen | undefined;
  #note: string[] = [];
  #page: readonly string[] | undefined;
  #question: Question | undefined;
  #isBusy = false;
  #leave = () => {};

  constructor(options: FollowOptions) {
    this.#options = options;
    const say = (...lines: string[]) => this.#say(...lines);
    this.#session = new Session({
      mine: options.mine,
      kept: options.kept,
      onChange: () => this.#draw(),
      say,
    });
    this.#actions = new Actions({
      session: this.#session,
      commands: options.commands,
      inTerminal: (name, args, waits) => this.#inTerminal(name, args, waits),
      say,
      show: (lines) => {
        this.#page = lines;
      },
      ask: (question) => {
        this.#question = question;
      },
      leave: () => this.#leave(),
    });
  }

  /** Shows the screen until the participant leaves it, then restores the terminal. */
  async show(): Promise<void> {
    const left = new Promise<void>((resolve) => {
      this.#leave = resolve;
    });
    this.#session.arrive();
    this.#open();
    void this.#session.check(true);
    const stopWatching = watchFolder({ folder: this.#options.mine, onChange: () => this.#saved() });
    const timer = setInterval(() => this.#draw(), frameMs);
    try {
      await left;
    } finally {
      clearInterval(timer);
      stopWatching();
      this.#session.close();
      this.#close();
    }
  }

  #open(): void {
    const { stdout, stdin } = this.#options.terminal;
    this.#screen = openScreen({
      stdout,
      stdin,
      onKey: (key) => void this.#press(key),
      onClose: () => this.#leave(),
      onResize: () => this.#draw(),
    });
    this.#draw();
  }

  #close(): void {
    this.#screen?.close();
    this.#screen = undefined;
  }

  /** Gives the terminal to a command. If `waits` says so, its output stays until a key is pressed. */
  async #inTerminal(
    name: CommandName,
    args: readonly string[],
    waits: (code: number) => boolean,
  ): Promise<number> {
    const { terminal, commands } = this.#options;
    this.#close();
    try {
      const code = await commands.show(name, args);
      if (waits(code)) {
        terminal.stdout.write("\nAny key goes back to the workshop.");
        await untilKey(terminal.stdin);
      }
      return code;
    } finally {
      this.#open();
    }
  }

  async #press(key: string): Promise<void> {
    // A key pressed while a command begins is not meant for what comes after it.
    if (this.#isBusy && key !== "q") {
      return;
    }
    this.#isBusy = true;
    try {
      const asked = this.#question;
      if (asked !== undefined && key !== "q") {
        this.#question = Object.hasOwn(asked.answers, key) ? undefined : asked;
        await asked.answers[key]?.();
      } else {
        this.#note = [];
        this.#page = undefined;
        await this.#actions.press(key);
      }
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isBusy = false;
      this.#draw();
    }
  }

  #saved(): void {
    // A page would hide what the check of the new version finds.
    this.#page = undefined;
    this.#session.saved();
  }

  #say(...lines: string[]): void {
    this.#note = lines;
    this.#draw();
  }

  #draw(): void {
    // Before the screen is open, and while a command has the terminal, there is nothing to draw on.
    if (this.#screen !== undefined) {
      const page = this.#question?.lines ?? this.#page;
      const keys = keysFor(this.#session.place);
      const state = { ...this.#session.state(), note: this.#note, keys, ...(page && { page }) };
      this.#screen.draw(drawFollow(state, this.#screen, this.#options.paint));
    }
  }
}

/** Resolves with the first key, or when the terminal is gone. */
function untilKey(stdin: KeyInput): Promise<void> {
  return new Promise((resolve) => {
    const stop = listenForKeys(stdin, { onKey: () => end(), onClose: () => end() });
    const end = () => {
      stop();
      resolve();
    };
  });
}
