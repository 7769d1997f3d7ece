import { element } from "#shared/picture/page/element.ts";
import { Player } from "#shared/picture/page/player.ts";
import { createStills } from "#shared/picture/page/stills.ts";
import { unpackReplay } from "#shared/picture/page/unpack.ts";
import type { ReplayData } from "#shared/picture/replay-data.ts";
import type { Theme } from "#shared/picture/theme.ts";
import type { Whose } from "./view.ts";

interface ReplayOptions {
  theme: () => Theme;
  shownOn: (element: Element) => Whose;
  /** A preview doesn't play. Paper has still pictures. */
  mode: "stage" | "preview" | "paper";
}

export interface Replays {
  /** Plays the replay of this slide, and pauses all others. */
  show: (slide: Element | undefined) => void;
  /** Draws all replays at their current moments. */
  drawAll: () => void;
  /** Plays or pauses the visible replay. */
  toggle: () => void;
  /** Jumps to the next moment with a name in the visible replay, and from the last one to the first. */
  next: () => void;
}

/** The replays of all slides. */
export async function createReplays({ theme, shownOn, mode }: ReplayOptions): Promise<Replays> {
  const places = [...document.querySelectorAll<HTMLElement>(".replay")];
  const replays = await Promise.all(
    places.map(async (place) => {
      const packed = [...place.querySelectorAll<HTMLElement>("script[data-whose]")];
      const data = await Promise.all(
        packed.map(
          async (each) => [each.dataset["whose"] ?? "", await unpackReplay(each.textContent ?? "")] as const,
        ),
      );
      return new PlacedReplay(place, Object.fromEntries(data), { theme, shownOn, mode });
    }),
  );
  giveKeysBack(places);
  let playing: Player | undefined;
  return {
    show: (slide) => {
      const replay = replays.find(({ place }) => slide?.contains(place));
      const player = replay?.player();
      if (player !== playing) {
        playing?.pause();
        playing = player;
        replay?.enter();
      }
      replay?.draw();
    },
    drawAll: () => replays.forEach((replay) => replay.draw()),
    toggle: () => (mode === "stage" ? playing?.toggle() : undefined),
    next: () => {
      if (mode === "stage" && playing?.jump(1) === false) {
        playing.seek(playing.moments[0]?.goToMs ?? 0);
      }
    },
  };
}

/** What a slide shows of a replay. Paper has no player. */
interface Shown {
  parts: readonly Element[];
  draw: () => void;
  player?: Player;
}

/** The replay of one slide, from the presenter's own run or from the reference. */
class PlacedReplay {
  readonly place: HTMLElement;
  readonly #data: Partial<Record<Whose, ReplayData>>;
  readonly #options: ReplayOptions;
  readonly #nothing: Element | null;
  readonly #shown = new Map<Whose, Shown>();
  readonly #begun = new Set<Player>();
  #whose: Whose | "nobody's" | undefined;

  constructor(place: HTMLElement, data: Partial<Record<Whose, ReplayData>>, options: ReplayOptions) {
    this.place = place;
    this.#data = data;
    this.#options = options;
    this.#nothing = place.querySelector(".nothing");
  }

  player(): Player | undefined {
    return this.#shownNow()?.player;
  }

  draw(): void {
    this.#shownNow()?.draw();
  }

  /** Starts to play, the first time from the beginning. Does nothing if the reader prefers reduced motion. */
  enter(): void {
    const player = this.player();
    if (player === undefined || player.isCalm || this.#options.mode !== "stage") {
      return;
    }
    if (!this.#begun.has(player)) {
      this.#begun.add(player);
      player.seek(0);
    }
    if (player.atMs < player.endMs) {
      player.play();
    }
  }

  #shownNow(): Shown | undefined {
    const whose = this.#options.shownOn(this.place);
    const data = this.#data[whose];
    const shown = data && (this.#shown.get(whose) ?? this.#create(data));
    if (shown !== undefined) {
      this.#shown.set(whose, shown);
    }
    const wanted = shown === undefined ? "nobody's" : whose;
    if (wanted !== this.#whose) {
      this.#whose = wanted;
      this.place.replaceChildren(...(shown?.parts ?? [this.#nothing ?? ""]));
    }
    return shown;
  }

  #create({ panels }: ReplayData): Shown {
    const { theme, mode } = this.#options;
    if (mode === "paper") {
      const stills = createStills(panels);
      const sheet = element("div", { class: `stills of-${stills.elements.length}` }, ...stills.elements);
      return { parts: [sheet], draw: () => stills.draw(theme()) };
    }
    const player = new Player(panels, { theme });
    // At the start a still picture would be empty.
    player.seek(player.moments[0]?.goToMs ?? player.endMs);
    const steering = element(
      "div",
      { class: "steering" },
      player.playButton,
      player.scrubber,
      element("div", {}, player.clock, player.speeds),
    );
    return { parts: [player.panels, steering, player.spoken], draw: () => player.draw(), player };
  }
}

/**
 * reveal.js ignores its keys while an input has the focus, and takes the space bar from a button that has it. So a click leaves the
 * focus with the deck, and a focused button keeps its keys.
 */
function giveKeysBack(places: readonly HTMLElement[]): void {
  const isInPlace = (target: unknown) =>
    target instanceof Node && places.some((place) => place.contains(target));
  document.addEventListener("pointerup", () =>
    setTimeout(() => {
      const { activeElement } = document;
      if (activeElement instanceof HTMLElement && isInPlace(activeElement)) {
        activeElement.blur();
      }
    }),
  );
  for (const place of places) {
    place.addEventListener("keydown", (event) => {
      if (event.target instanceof HTMLButtonElement && [" ", "Enter"].includes(event.key)) {
        event.stopPropagation();
      }
    });
  }
}
