import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ownProcessorMs } from "#shared/processor-time.ts";
import type { Phase, ProcessorUse } from "#shared/results.ts";
import type { ProcessorTime, ReachableChapter } from "#shared/run/running-chapter.ts";

/** The CPU time of a machine up to a moment, in milliseconds of all cores together. */
export interface MachineTime {
  busyMs: number;
  allMs: number;
}

interface ProcessorOptions {
  running: Pick<ReachableChapter, "processorTimes">;
  /** It is watched while customers come in these phases. */
  phases: readonly Phase[];
  startAtMs: number;
  signal: AbortSignal;
  /** Default: this machine's. In a container with its own limit it is still the whole machine's. */
  machine?: () => MachineTime;
}

const patienceMs = 5_000;
const beforeKillMs = 200;

/** Watches the CPU time of the machine and of each process while customers come. */
export function watchProcessor(options: ProcessorOptions): {
  /**
   * Reads every process's CPU time before one of them is killed, since a dead one can't report it. It doesn't delay a kill for long: a
   * process that is too busy to answer counts with its last report.
   */
  note: () => Promise<void>;
  use: Promise<ProcessorUse>;
} {
  const { running, phases, startAtMs, signal, machine = thisMachine } = options;
  const seen = new Map<string, { name: string; fromMs: number; toMs: number }>();
  const noteWithin = async (withinMs: number) => {
    const isFirst = seen.size === 0;
    const times: ProcessorTime[] = [
      { name: "benchmark", ms: ownProcessorMs() },
      ...((await running.processorTimes?.(withinMs)) ?? []),
    ];
    for (const { name, pid, ms } of times) {
      const key = `${name} ${pid ?? ""}`;
      // A process that was not there at first has used all its time since then.
      seen.set(key, { name, fromMs: seen.get(key)?.fromMs ?? (isFirst ? ms : 0), toMs: ms });
    }
  };
  const watchAll = async (): Promise<ProcessorUse> => {
    await sleep(Math.max(startAtMs - performance.now(), 0), undefined, { signal });
    const [, moments] = await Promise.all([
      noteWithin(patienceMs),
      atEnds(phases, { startAtMs, signal, machine }),
    ]);
    await noteWithin(patienceMs);
    const elapsedMs = performance.now() - startAtMs;
    const ofOneCore: Record<string, number> = {};
    for (const { name, fromMs, toMs } of seen.values()) {
      ofOneCore[name] = (ofOneCore[name] ?? 0) + (toMs - fromMs) / elapsedMs;
    }
    return { ...busyShares(moments), ofOneCore };
  };
  const use = watchAll();
  // The caller who waits for it gets the error.
  use.catch(() => {});
  return { note: () => noteWithin(beforeKillMs), use };
}

/** The machine's times at the beginning, and at the end of each phase. */
async function atEnds(
  phases: readonly Phase[],
  {
    startAtMs,
    signal,
    machine,
  }: Pick<ProcessorOptions, "startAtMs" | "signal"> & { machine: () => MachineTime },
): Promise<MachineTime[]> {
  const moments = [machine()];
  let endMs = startAtMs;
  for (const { seconds } of phases) {
    endMs += seconds * 1_000;
    await sleep(Math.max(endMs - performance.now(), 0), undefined, { signal });
    moments.push(machine());
  }
  return moments;
}

/** The busy share of the machine over the whole time, and between the two neighbouring moments with the highest share. */
export function busyShares(
  moments: readonly MachineTime[],
): Pick<ProcessorUse, "busyShare" | "busiestShare"> {
  const share = (from?: MachineTime, to?: MachineTime) => {
    const allMs = (to?.allMs ?? 0) - (from?.allMs ?? 0);
    return allMs > 0 ? ((to?.busyMs ?? 0) - (from?.busyMs ?? 0)) / allMs : 0;
  };
  return {
    busyShare: share(moments[0], moments.at(-1)),
    busiestShare: Math.max(0, ...moments.slice(1).map((to, at) => share(moments[at], to))),
  };
}

function thisMachine(): MachineTime {
  const times = os.cpus().map((cpu) => cpu.times);
  const allMs = times.reduce(
    (sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq,
    0,
  );
  return { allMs, busyMs: allMs - times.reduce((sum, { idle }) => sum + idle, 0) };
}
