// One running chapter's trace, event by event, as its scene at this moment, and what happened in it so far.
import { missingIn } from "#shared/tracing/activations.ts";
import { GoingTrace, mostKept } from "#shared/tracing/going-trace.ts";
import type { Happening } from "#shared/tracing/what-happened.ts";
import type { TraceEvent, TraceHeader } from "#shared/trace.ts";
import { apply } from "../scene/apply.ts";
import { forget } from "../scene/forget.ts";
import { emptyScene } from "../scene/scene.ts";
import type { Scene } from "../scene/scene.ts";

const forgetEveryMs = 5_000;
// Enough for a first picture of what is going on.
const newestSeconds = 5;

/** What just happened, of a trace that goes back further. */
interface Newest {
  header: TraceHeader;
  events: TraceEvent[];
}

export class Feed {
  readonly #onChange: () => void;
  #header: TraceHeader | undefined;
  #scene: Scene | undefined;
  /** Drawn from the newest events alone, until the older ones have come, too. */
  #preview: Scene | undefined;
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
    const source = new EventSource(`${url}?newest=${newestSeconds}`);
    source.addEventListener("open", () => this.#connected(true));
    source.addEventListener("error", () => this.#connected(false));
    source.addEventListener("newest", ({ data }: MessageEvent<string>) =>
      this.#show(JSON.parse(data) as Newest),
    );
    source.addEventListener("current", () => this.#show(undefined));
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
    return this.#preview ?? this.#scene;
  }

  /** Whether older events are still to come. */
  get isBehind(): boolean {
    return this.#preview !== undefined;
  }

  /** Whether no event is missing of whoever is counted: with one missing nothing may be called lost. */
  get isWhole(): boolean {
    return !this.isBehind && (this.#header === undefined || missingIn(this.#header) === 0);
  }

  /** The trace's time. While no one says how it goes on, the time of its last event. */
  get atMs(): number {
    const { scene } = this;
    return scene === undefined || !this.#isConnected ? (scene?.atMs ?? 0) : Date.now() - scene.startedAtMs;
  }

  /** What happened so far; worked out anew only if something came since the last look. */
  happened(): readonly Happening[] {
    if (this.#isOld && !this.isBehind && this.#going !== undefined) {
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

  #show(newest: Newest | undefined): void {
    this.#preview = newest && emptyScene(newest.header);
    for (const event of newest?.events ?? []) {
      apply(this.#preview as Scene, event);
    }
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
