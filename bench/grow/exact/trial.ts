import { deviceAt } from "#shared/devices.ts";
import type {
  ChapterResult,
  CustomerDay,
  Fate,
  LedgerEntries,
  Phase,
  Plan,
  Run,
  SweepPlan,
} from "#shared/results.ts";
import { changeWeather, usualWeather } from "#shared/vendor-simulator/weather.ts";
import { activationSamples, responseSamples } from "../../figures/run.ts";
import { quantiles } from "../../figures/statistics.ts";
import { isSteady } from "../../figures/sweep.ts";
import { arrivals, customersIn } from "../../plan/arrivals.ts";
import { entriesOf, isAccepted } from "../../trial/ledger.ts";
import { Api } from "./api.ts";
import { Mapping, Worker } from "./consumers.ts";
import type { Consumer } from "./consumers.ts";
import { designOf } from "./designs.ts";
import type { Inputs } from "./inputs.ts";
import { System } from "./system.ts";

/** A row of the benchmarks, and the input of its simulation. */
export interface SimulatedRow {
  id: string;
  weather: ChapterResult["weather"];
  inputs: Inputs;
}

/** The figures of a simulated run, computed by the same functions as those of a real one. */
export interface SimulatedRun extends Pick<Run, "response" | "activation" | "beforeRedrive"> {
  customers: CustomerDay[];
  ledger: LedgerEntries;
}

/** One chapter runs a plan, as in bench/trial/: with the same arrivals and the same draws of the vendor. */
export function simulatePlan({ id, weather, inputs }: SimulatedRow, plan: Plan, seed: number): SimulatedRun {
  const system = new System({
    design: designOf(id),
    inputs,
    weather: changeWeather(usualWeather, { ...plan.weather, ...weather, seed, poison: plan.poison }),
    dueMs: arrivals(plan.phases, seed),
    queue: { everyNthTwice: plan.everyNthTwice, copyDelaysMs: plan.duplicateDelaysMs },
    seed,
  });
  const { api, consumer } = start(system);
  let beforeRedrive: Run["beforeRedrive"];
  for (const { atMs, does } of plan.events) {
    system.simulation.at(atMs, () => {
      switch (does) {
        case "kill-worker": {
          killWhoWorks(system, plan, consumer ?? api);
          return;
        }
        case "kill-api": {
          system.simulation.at(atMs + inputs.killMs, () => api.kill());
          return;
        }
        case "outage-begins":
        case "outage-ends": {
          system.vendor.weather = { ...system.vendor.weather, outage: does === "outage-begins" };
          return;
        }
        case "heal-and-redrive": {
          beforeRedrive = heal(system, plan);
        }
      }
    });
  }
  system.simulation.runUntil(plan.horizonMs);
  // What has begun runs to its end.
  system.isConsuming = false;
  system.simulation.runUntil(plan.horizonMs + 10_000);

  const customers = customersOf(system, plan);
  const accepted = customers.filter(({ fate }) => fate !== "refused");
  const vendorCalls = system.vendor.calls;
  return {
    customers,
    ledger: entriesOf(customers, vendorCalls),
    response: quantiles(responseSamples(customers)),
    activation: quantiles(activationSamples(accepted)),
    ...(beforeRedrive && { beforeRedrive }),
  };
}

function start(system: System): { api: Api; consumer?: Consumer } {
  const api = new Api(system);
  if (system.design.work === "worker") {
    return { api, consumer: new Worker(system) };
  }
  if (system.design.work === "function") {
    const mapping = new Mapping(system);
    mapping.warm(system.design.concurrencyMax);
    return { api, consumer: mapping };
  }
  return { api };
}

// The same as in bench/trial/troubles.ts and shared/run/running-chapter.ts.
const waitForPoisonMs = 1_500;
const waitForCallMs = 10_000;
const lookEveryMs = 10;

function killWhoWorks(system: System, plan: Plan, victim: Consumer): void {
  const { simulation, vendor, inputs } = system;
  const dueMs = simulation.nowMs;
  const look = () => {
    const youngest = vendor.open().at(-1);
    const waitsForPoison =
      plan.poison.includes(youngest ?? "") && simulation.nowMs <= dueMs + waitForPoisonMs;
    const waitsForCall =
      victim instanceof Mapping && youngest === undefined && simulation.nowMs <= dueMs + waitForCallMs;
    if (waitsForPoison || waitsForCall) {
      simulation.at(simulation.nowMs + lookEveryMs, look);
    } else {
      victim.kill();
    }
  };
  simulation.at(dueMs + inputs.killMs, look);
}

function heal({ vendor, queue, simulation, inputs, design, activations }: System, plan: Plan) {
  const healed = new Set(plan.healed);
  vendor.weather = { ...vendor.weather, poison: plan.poison.filter((device) => !healed.has(device)) };
  if (design.maxReceiveCount === undefined) {
    return undefined;
  }
  const devices = new Set(queue.setAside.map(({ activation }) => activations[activation]?.device ?? ""));
  const poison = [...devices].filter((device) => plan.poison.includes(device)).length;
  simulation.at(simulation.nowMs + inputs.redriveMs, () => queue.redrive());
  return { poison, healthy: devices.size - poison };
}

function customersOf({ activations, queue, vendor }: System, plan: Plan): CustomerDay[] {
  const waiting = new Set(queue.messages().map(({ activation }) => activation));
  const setAside = new Set(queue.setAside.map(({ activation }) => activation));
  return activations.map((activation, at): CustomerDay => {
    const { device, dueMs, answeredMs, activatedAtMs, outcome, status } = activation;
    const owed = (): Fate => {
      if (status === "active") {
        return "activated";
      }
      if (waiting.has(at) || setAside.has(at)) {
        return waiting.has(at) ? "waiting" : "deadLettered";
      }
      return status === "failed" ? "gaveUp" : "lost";
    };
    const fate = isAccepted(outcome) ? owed() : "refused";
    return {
      ...deviceAt(at),
      startMs: dueMs,
      answeredMs,
      activeMs: fate === "activated" ? activatedAtMs : null,
      outcome,
      fate,
      provisionedCount: vendor.provisionings.get(device) ?? 0,
      poison: plan.poison.includes(device),
    };
  });
}

/** One arrival rate of a simulated sweep. */
export interface SimulatedRate extends Pick<Run, "response" | "activation"> {
  perSecond: number;
  steady: boolean;
}

/** One chapter at one arrival rate after the other, as in bench/trial/sweep.ts. */
export function simulateSweep(
  { id, weather, inputs }: SimulatedRow,
  plan: SweepPlan,
  seed: number,
): SimulatedRate[] {
  const rates: SimulatedRate[] = [];
  let firstDevice = 0;
  for (const phase of plan.phases) {
    const system = new System({
      design: designOf(id),
      inputs,
      weather: changeWeather(usualWeather, { ...weather, seed }),
      dueMs: arrivals([phase], seed),
      firstDevice,
      seed,
    });
    start(system);
    system.simulation.runUntil(phase.seconds * 1_000 + plan.drainMs);
    const calmMs = rates.find(({ activation }) => activation.p50Ms !== null)?.activation.p50Ms;
    rates.push(rateOf(system, phase, calmMs));
    firstDevice += customersIn(phase);
  }
  return rates;
}

function rateOf({ activations }: System, phase: Phase, calmMs: number | null | undefined): SimulatedRate {
  const customers = activations.map(({ dueMs, answeredMs, activatedAtMs, outcome, status }) => ({
    startMs: dueMs,
    answeredMs,
    activeMs: status === "active" ? activatedAtMs : null,
    outcome,
  }));
  const accepted = customers.filter(({ outcome }) => isAccepted(outcome));
  const lastMs = customers.at(-1)?.startMs ?? 0;
  const activation = quantiles(activationSamples(accepted));
  const unfinished = accepted.filter(({ activeMs }) => activeMs === null || activeMs > lastMs).length;
  const errors = customers.length - accepted.length;
  const { perSecond } = phase;
  return {
    perSecond,
    response: quantiles(responseSamples(customers)),
    activation,
    steady: isSteady({ phase, unfinished, errors, calmMs: calmMs ?? activation.p50Ms ?? Infinity }),
  };
}
