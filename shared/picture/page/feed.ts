// The trace of one running chapter, event by event, and its scene at this moment.
import type { TraceEvent, TraceHeader } from "#shared/trace.ts";
import { apply } from "../scene/apply.ts";
import { forget } from "../scene/forget.ts";
import { emptyScene } from "../scene/scene.ts";
import type { Scene } from "../scene/scene.ts";

const forgetEveryMs = 5_000;

export class Feed {
  readonly #onChange: () => void;
  #header: TraceHeader | undefined;
  #scene: Scene | undefined;
  #isConnected = false;
  #forgotAtMs = 0;
  /** The delay from an event to this page, for the newest events. */
  latenessMs = 0;

  constructor(url: string, onChange: () => void) {
    this.#onChange = onChange;
    // It reconnects by itself, and continues where it was.
    const source = new EventSource(url);
    source.addEventListener("open", () => this.#connected(true));
    source.addEventListener("error", () => this.#connected(false));
    source.addEventListener("header", ({ data }: MessageEvent<string>) =>
      this.#begin(JSON.parse(data) as TraceHeader),
    );
    source.addEventListener("message", ({ data }: MessageEvent<string>) =>
      this.#take(JSON.parse(data) as TraceEvent[]),
    );
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get scene(): Scene | undefined {
    return this.#scene;
  }

  /** Whether no event was dropped: with one missing nothing may be called lost. */
  get isWhole(): boolean {
    return Object.values(this.#header?.dropped ?? {}).every((count) => count === 0);
  }

  /** The trace's time. While no one says how it goes on, the time of its last event. */
  get atMs(): number {
    return this.#scene === undefined || !this.#isConnected
      ? (this.#scene?.atMs ?? 0)
      : Date.now() - this.#scene.startedAtMs;
  }

  #connected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#onChange();
  }

  #begin(header: TraceHeader): void {
    const isSame = this.#header?.startedAtMs === header.startedAtMs;
    this.#header = header;
    // A header of the same trace again only says that events were dropped meanwhile.
    this.#scene = isSame && this.#scene !== undefined ? this.#scene : emptyScene(header);
    this.#onChange();
  }

  #take(events: readonly TraceEvent[]): void {
    const scene = this.#scene;
    if (scene === undefined) {
      return;
    }
    events.forEach((event) => apply(scene, event));
    const newest = events.at(-1);
    if (newest !== undefined) {
      this.latenessMs = Date.now() - newest.atMs;
    }
    if (scene.atMs - this.#forgotAtMs > forgetEveryMs) {
      this.#forgotAtMs = scene.atMs;
      forget(scene);
    }
    this.#onChange();
  }
}
