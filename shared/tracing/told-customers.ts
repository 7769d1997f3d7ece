// What the API tells of its customers, as the launcher records it.
import { activationRequest } from "#shared/activation.ts";
import type { Told } from "./customers.ts";
import { customersQuestion } from "./parts.ts";
import type { TraceRecorder } from "./recorder.ts";
import { ToldReader } from "./told-file.ts";

// Nobody may read the trace for a long time, and the file has to stay short.
const lookEveryMs = 1_000;
const longBytes = 250_000;

/** Records what every process of the API tells. Each of them counts its requests from 0. */
export class ToldCustomers {
  readonly #trace: TraceRecorder;
  readonly #processes = new Set<ToldProcess>();
  #requests = 0;

  constructor(trace: TraceRecorder) {
    this.#trace = trace;
  }

  /** For one process of the API, until it has ended. */
  ofProcess(): ToldProcess {
    const process = new ToldProcess(
      (told, open) => this.#note(told, open),
      () => this.#processes.delete(process),
    );
    this.#processes.add(process);
    return process;
  }

  /** Records what was told until now. */
  read(): void {
    this.#processes.forEach((process) => process.read());
  }

  #note(told: ToldOrEnded, open: Map<number, number>): void {
    if (told.did === "ended") {
      open.forEach((request) => this.#trace.note({ kind: "answered", request }));
      open.clear();
    } else if (told.did === "asked") {
      const asked = activationRequest.safeParse(told.body);
      if (asked.success) {
        const request = this.#requests;
        this.#requests += 1;
        open.set(told.request, request);
        this.#trace.note({ kind: "asked", request, ...asked.data }, told.atMs);
      }
    } else {
      const request = open.get(told.request);
      if (request !== undefined) {
        open.delete(told.request);
        const { status, eventId, atMs } = told;
        this.#trace.note({ kind: "answered", request, status, eventId }, atMs);
      }
    }
  }
}

type ToldOrEnded = Told | { did: "ended" };
/** `open`: which request of the trace each of the process's own requests is, until it is answered. */
type Note = (told: ToldOrEnded, open: Map<number, number>) => void;

/** One process of the API. */
export class ToldProcess {
  readonly #note: Note;
  readonly #onEnd: () => void;
  readonly #file = openFile();
  readonly #open = new Map<number, number>();
  #looking: NodeJS.Timeout | undefined;

  constructor(note: Note, onEnd: () => void) {
    this.#note = note;
    this.#onEnd = onEnd;
  }

  /** The file that it inherits. Undefined: it sends messages. */
  get fd(): number | undefined {
    return this.#file?.fd;
  }

  /** Reads the file whenever it has become long, and has it begun again. `send` reaches the process. */
  follow(send: (message: object) => void): void {
    this.#looking = setInterval(() => {
      if (this.#file !== undefined && this.#file.sizeBytes > longBytes) {
        this.read();
        send({ kind: customersQuestion, readBytes: this.#file.readBytes });
      }
    }, lookEveryMs).unref();
  }

  /** Records what it told until now. */
  read(): void {
    this.#file?.read().forEach((told) => this.#note(told as Told, this.#open));
  }

  readonly onMessage = (message: Record<string, unknown>): void => {
    if (message["kind"] === "customer") {
      // Only what it could not write is sent, and what it wrote came before.
      this.read();
      this.#note(message as unknown as Told, this.#open);
    }
  };

  /** Records what it told last, and that its waiting customers will get no answer. */
  readonly ended = (): void => {
    clearInterval(this.#looking);
    this.read();
    this.#file?.close();
    this.#note({ did: "ended" }, this.#open);
    this.#onEnd();
  };
}

/** Undefined if there can be none: then messages do, at the price of some time. */
function openFile(): ToldReader | undefined {
  try {
    return new ToldReader();
  } catch {
    return undefined;
  }
}
