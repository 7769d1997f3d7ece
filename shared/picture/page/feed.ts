// One running chapter's trace, event by event, as its scene at this moment, and what happened in it so far.
import { GoingTrace, mostKept } from "#shared/tracing/going-trace.ts";
import type { Happening } from "#shared/tracing/what-happened.ts";
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
  #going: GoingTrace | undefined;
  #isConnected = false;
  #forgotAtMs = 0;
  #happened: readonly Happening[] = [];
  #isOld = true;

  /** Without an address nothing comes. */
  constructor(url: string | undefined, onChange: () => void) {
    this.#onChange = onChange;
    if (url === undefined) {
      return;
    }
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

  /** What happened so far; worked out anew only if something came since the last look. */
  happened(): readonly Happening[] {
    if (this.#isOld && this.#going !== undefined) {
      this.#happened = this.#going.happened();
      this.#isOld = false;
    }
    return this.#happened;
  }

  /** Of how many customers {@link happened} tells, if it is not all. */
  get toldOf(): number | undefined {
    return (this.#going?.untold ?? 0) > 0 ? mostKept : undefined;
  }

  #connected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#onChange();
  }

  #begin(header: TraceHeader): void {
    const isSame = this.#header?.startedAtMs === header.startedAtMs;
    this.#header = header;
    this.#isOld = true;
    if (isSame && this.#scene !== undefined && this.#going !== undefined) {
      // A header of the same trace again only says that events were dropped meanwhile.
      this.#going.take(header);
    } else {
      this.#scene = emptyScene(header);
      this.#going = new GoingTrace(header);
      this.#forgotAtMs = 0;
    }
    this.#onChange();
  }

  #take(events: readonly TraceEvent[]): void {
    const scene = this.#scene;
    if (scene === undefined) {
      return;
    }
    events.forEach((event) => apply(scene, event));
    this.#going?.note(events);
    this.#isOld = true;
    if (scene.atMs - this.#forgotAtMs > forgetEveryMs) {
      this.#forgotAtMs = scene.atMs;
      forget(scene);
    }
    this.#onChange();
  }
}
