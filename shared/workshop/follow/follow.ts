import { listenForKeys } from "#shared/workshop/screen/keys.ts";
import type { Paint } from "#shared/workshop/screen/paint.ts";
import { openScreen } from "#shared/workshop/screen/screen.ts";
import type { Screen, ScreenOptions } from "#shared/workshop/screen/screen.ts";
import { createActions } from "./actions.ts";
import type { CommandName, Commands } from "./commands.ts";
import { drawFollow } from "./draw.ts";
import { keysFor } from "./keys.ts";
import type { Question } from "./questions.ts";
import { Session } from "./session.ts";
import { watchFolder } from "./watch.ts";

export interface FollowOptions {
  terminal: Pick<ScreenOptions, "stdout" | "stdin">;
  /** The participant's copy. */
  mine: string;
  /** Where progress is kept. */
  kept: string;
  commands: Commands;
  paint: Paint;
}

const frameMs = 1_000;

/** Follows a participant through the chapters on one screen. Resolves when they leave it; the terminal is as it was then. */
export async function follow({ terminal, mine, kept, commands, paint }: FollowOptions): Promise<void> {
  let screen: Screen | undefined;
  let note: string[] = [];
  let page: readonly string[] | undefined;
  let question: Question | undefined;
  let isBusy = false;
  let leave = () => {};

  const draw = () => {
    // Before it is open, and while a command has the terminal, there is nothing to draw on.
    if (screen !== undefined) {
      const shown = question?.lines ?? page;
      const keys = keysFor(session.place);
      const state = { ...session.state(), note, keys, ...(shown && { page: shown }) };
      screen.draw(drawFollow(state, screen, paint));
    }
  };
  const say = (...lines: string[]) => {
    note = lines;
    draw();
  };
  const session = new Session({ mine, kept, onChange: draw, say });

  const open = () => {
    screen = openScreen({
      ...terminal,
      onKey: (key) => void press(key),
      onClose: () => leave(),
      onResize: draw,
    });
    draw();
  };
  const close = () => {
    screen?.close();
    screen = undefined;
  };

  /** Lets a command have the terminal. What it said can be read before the screen comes back, if `waits` says so. */
  const inTerminal = async (
    name: CommandName,
    args: readonly string[],
    waits: (code: number) => boolean,
    last: readonly string[] = [],
  ) => {
    close();
    try {
      const code = await commands.show(name, args);
      if (waits(code)) {
        terminal.stdout.write([...last, "", "Any key goes back to the workshop."].join("\n"));
        await untilKey(terminal.stdin);
      }
      return code;
    } finally {
      open();
    }
  };

  const act = createActions({
    session,
    commands,
    inTerminal,
    say,
    show: (lines) => {
      page = lines;
    },
    ask: (asked) => {
      question = asked;
    },
    leave: () => leave(),
  });

  const press = async (key: string) => {
    // A key that was pressed while a command began is not meant for what comes after it.
    if (isBusy && key !== "q") {
      return;
    }
    isBusy = true;
    try {
      const asked = question;
      if (asked !== undefined && key !== "q") {
        question = Object.hasOwn(asked.answers, key) ? undefined : asked;
        await asked.answers[key]?.();
      } else {
        note = [];
        page = undefined;
        await act(key);
      }
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    } finally {
      isBusy = false;
      draw();
    }
  };

  const saved = () => {
    // What is found out about the new version is to be seen.
    page = undefined;
    session.saved();
  };
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  session.arrive();
  open();
  void session.check(true);
  const stopWatching = watchFolder({ folder: mine, onChange: saved });
  const timer = setInterval(draw, frameMs);
  try {
    await left;
  } finally {
    clearInterval(timer);
    stopWatching();
    session.close();
    close();
  }
}

/** Resolves with the first key, or when the terminal is gone. */
function untilKey(stdin: ScreenOptions["stdin"]): Promise<void> {
  return new Promise((resolve) => {
    const stop = listenForKeys(stdin, { onKey: () => end(), onClose: () => end() });
    const end = () => {
      stop();
      resolve();
    };
  });
}
