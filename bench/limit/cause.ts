import type { Limit, LimitProbe } from "#shared/limit.ts";
import type { ProcessorUse, Sample } from "#shared/results.ts";

/** What was seen of a chapter's parts while too many customers came. */
export interface Evidence {
  /** With the sender's. */
  processor: ProcessorUse | undefined;
  /** Samples of the queue and the vendor. */
  samples: readonly Sample[];
  seconds: number;
  backlog: LimitProbe["backlog"];
  vendorCapacity: number;
  vendorCalls: number;
  refusals: number;
  hasQueue: boolean;
  /** Of the machine. */
  cores: number;
}

// From here on a process waits for the CPU longer than it works.
const busyFrom = 0.85;
const machineBusyFrom = 0.95;
const capacityFrom = 0.9;
const refusedFrom = 0.01;

/** Where the limit comes from, and the figures that say so. The first exhausted part counts, along the way of a request. */
export function causeOf(evidence: Evidence): Pick<Limit, "cause" | "why"> {
  const { processor, backlog, vendorCapacity, vendorCalls, refusals, hasQueue, cores } = evidence;
  const apiShare = processor?.ofOneCore["api"] ?? 0;
  if (apiShare >= busyFrom) {
    return { cause: "api", why: `the API's processor: it used ${apiShare.toFixed(2)} of a core` };
  }
  const busy = processor?.busyShare ?? 0;
  if (busy >= machineBusyFrom) {
    const percent = Math.round(100 * busy);
    return {
      cause: "machine",
      why: `this machine: its cores were busy for ${percent} % of the time, and other programs had ${otherCores(evidence).toFixed(1)} of ${cores}`,
    };
  }
  const { vendorOpen, waiting } = laterMeans(evidence);
  const calls = `${vendorOpen.toFixed(vendorOpen < 9.5 ? 1 : 0)} calls for its ${vendorCapacity} places`;
  if (vendorOpen >= capacityFrom * vendorCapacity || refusals > refusedFrom * vendorCalls) {
    const refused = refusals === 0 ? "" : `, and it refused ${refusals} of ${vendorCalls}`;
    return { cause: "vendor", why: `the vendor's capacity: it had ${calls} on average${refused}` };
  }
  if (hasQueue && (waiting >= 1 || backlog.end > backlog.middle)) {
    const { middle, end } = backlog;
    const grew =
      end > middle ? `${middle} customers waited in the middle and ${end} at the end` : "messages waited";
    return {
      cause: "queue",
      why: `the queue's growth: ${grew}, while the vendor had ${calls}: what works on the queue is the limit`,
    };
  }
  return {
    cause: "unclear",
    why: `none of the three: the API used ${apiShare.toFixed(2)} of a core, and the vendor had ${calls}; single calls took that long`,
  };
}

/** What neither the chapter nor the benchmark has used of the machine, in cores. */
export function otherCores({ processor, cores }: Pick<Evidence, "processor" | "cores">): number {
  const own = Object.values(processor?.ofOneCore ?? {}).reduce((sum, each) => sum + each, 0);
  return Math.max((processor?.busyShare ?? 0) * cores - own, 0);
}

/** Means of the second half, when backlogs have built up. */
function laterMeans({ samples, seconds }: Evidence): { vendorOpen: number; waiting: number } {
  const later = samples.filter(({ atMs }) => atMs >= seconds * 500 && atMs <= seconds * 1_000);
  const mean = (of: (sample: Sample) => number) =>
    later.length === 0 ? 0 : later.reduce((sum, sample) => sum + of(sample), 0) / later.length;
  return { vendorOpen: mean((sample) => sample.vendorOpen), waiting: mean((sample) => sample.visible) };
}
