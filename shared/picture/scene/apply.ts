import type { TraceEvent, TraceEventOf } from "#shared/trace.ts";
import {
  activationOf,
  activationOfRow,
  addRow,
  hide,
  mark,
  marksLastMs,
  moveRow,
  name,
  note,
  point,
  takeAsyncRow,
} from "./changes.ts";
import type { Scene } from "./scene.ts";

/** Applies an event to the scene. Events have to come in the order of time. Unknown ones are ignored. */
export function apply(scene: Scene, event: TraceEvent): void {
  scene.atMs = Math.max(scene.atMs, event.atMs - scene.startedAtMs);
  (appliers[event.kind] as (scene: Scene, event: TraceEvent, atMs: number) => void)(
    scene,
    event,
    event.atMs - scene.startedAtMs,
  );
}

type Appliers = {
  [Kind in TraceEvent["kind"]]: (scene: Scene, event: TraceEventOf<Kind>, atMs: number) => void;
};

const nothing = () => {};

const appliers: Appliers = {
  asked: (scene, event, atMs) => {
    const { request, customerId, macAddress } = event;
    const activation = activationOf(scene, macAddress, atMs);
    activation.customer = customerId;
    if (activation.asked === undefined) {
      activation.asked = { place: scene.places, atMs };
      scene.places += 1;
    }
    scene.requests.set(request, { request, macAddress, askedAtMs: atMs });
    note(scene, activation, event, atMs);
  },
  answered: (scene, event, atMs) => {
    const { request, status, eventId } = event;
    const open = scene.requests.get(request);
    if (open === undefined) {
      return;
    }
    scene.requests.delete(request);
    const activation = activationOf(scene, open.macAddress, atMs);
    const isGood = status !== undefined && status >= 200 && status < 300;
    if (isGood) {
      point(scene.answered, atMs, atMs - open.askedAtMs);
      if (eventId !== undefined) {
        name(scene, activation, eventId);
      }
    }
    note(scene, activation, event, atMs);
  },

  sent: (scene, event, atMs) => {
    const activation = activationOf(scene, event.macAddress, atMs);
    name(scene, activation, event.eventId);
    addRow(scene, activation, {
      row: event.row,
      isSetAside: event.queue === scene.deadLetterQueue,
      hiddenUntilMs: event.visibleAtMs - scene.startedAtMs,
      hiddenFromMs: atMs,
    });
    note(scene, activation, event, atMs);
  },
  delivered: (scene, { row, receiveCount, hiddenUntilMs, by }, atMs) => {
    const found = scene.rows.get(row);
    if (found !== undefined) {
      found.receiveCount = receiveCount;
      hide(scene, found, hiddenUntilMs, atMs);
      if (by === "worker") {
        found.holder = "worker";
      } else {
        delete found.holder;
      }
    }
  },
  copied: (scene, event, atMs) => {
    const { row, copy, visibleAtMs } = event;
    const activation = activationOfRow(scene, row);
    if (activation !== undefined) {
      addRow(scene, activation, {
        row: copy,
        isCopy: true,
        hiddenUntilMs: visibleAtMs - scene.startedAtMs,
        hiddenFromMs: atMs,
      });
      note(scene, activation, event, atMs);
    }
  },
  hidden: (scene, { row, hiddenUntilMs }, atMs) => {
    const found = scene.rows.get(row);
    if (found !== undefined) {
      hide(scene, found, hiddenUntilMs, atMs);
      if (found.holder === "worker") {
        delete found.holder;
      }
    }
  },
  deduplicated: nothing,
  deleted: remove,
  notDeleted: nothing,
  setAside: (scene, event, atMs) => {
    const { row, newRow, receiveCount } = event;
    const activation = activationOfRow(scene, row);
    moveRow(scene, row, { row: newRow, isSetAside: true, receiveCount }, atMs);
    note(scene, activation, event, atMs);
  },
  redriven: (scene, event, atMs) => {
    const { row, newRow } = event;
    const activation = activationOfRow(scene, row);
    mark(scene, { kind: "redriven", atMs });
    moveRow(scene, row, { row: newRow, isSetAside: false, receiveCount: 0 }, atMs);
    note(scene, activation, event, atMs);
  },
  purged: remove,
  expired: remove,

  environmentStarted: (scene, { environment }) => {
    scene.environments.set(environment, { environment, isReady: false, macAddresses: [] });
  },
  environmentReady: (scene, { environment }) => {
    environmentOf(scene, environment).isReady = true;
  },
  environmentEnded: (scene, event, atMs) => {
    const { environment, why } = event;
    const found = environmentOf(scene, environment);
    if (found.invocation !== undefined) {
      letGo(scene, found.invocation, event, atMs);
    }
    found.ended = { why, atMs };
    for (const [id, { ended }] of scene.environments) {
      if (ended !== undefined && ended.atMs < atMs - marksLastMs) {
        scene.environments.delete(id);
      }
    }
  },
  invoked: (scene, event, atMs) => invoke(scene, event, atMs),
  returned: (scene, event, atMs) => {
    letGo(scene, event.invocation, event, atMs);
    if (event.outcome === "answered") {
      // Lambda forgets an asynchronous invocation that succeeded.
      takeAsyncRow(scene, event.invocation);
    }
  },
  asyncAccepted: (scene, event, atMs) => {
    const { eventId, macAddress, invocation } = event;
    const activation = activationOf(scene, macAddress, atMs);
    name(scene, activation, eventId);
    const before = scene.asyncRows.get(invocation) ?? [];
    scene.asyncAccepted += 1;
    const row = -scene.asyncAccepted;
    scene.asyncRows.set(invocation, [...before, row]);
    // The same event again is a copy: Lambda's internal queue delivers at least once too.
    addRow(scene, activation, { row, isCopy: before.length > 0, hiddenUntilMs: atMs, hiddenFromMs: atMs });
    note(scene, activation, event, atMs);
  },
  asyncRetried: (scene, { invocation, attempt, againAtMs }, atMs) => {
    const row = scene.rows.get(scene.asyncRows.get(invocation)?.[0] ?? 0);
    if (row !== undefined) {
      delete row.holder;
      row.receiveCount = attempt;
      hide(scene, row, againAtMs, atMs);
    }
  },
  asyncDiscarded: (scene, event, atMs) => {
    const { invocation, newRow } = event;
    const [row = 0] = scene.asyncRows.get(invocation) ?? [];
    const activation = activationOfRow(scene, row);
    if (newRow !== undefined) {
      moveRow(scene, row, { row: newRow, isSetAside: true }, atMs);
    }
    takeAsyncRow(scene, invocation);
    note(scene, activation, event, atMs);
  },

  claimed: (scene, { eventId, macAddress }, atMs) => {
    name(scene, activationOf(scene, macAddress, atMs), eventId);
  },
  written: (scene, event, atMs) => write(scene, event, atMs),
  refused: nothing,
  read: nothing,

  callArrived: (scene, event, atMs) => {
    const { call, macAddress, by } = event;
    note(scene, activationOf(scene, macAddress, atMs), event, atMs);
    scene.vendor.calls += 1;
    scene.calls.set(call, { call, macAddress, by, isCallerGone: false });
  },
  callBegan: (scene, { call }) => {
    const found = scene.calls.get(call);
    if (found !== undefined) {
      found.slot = freeSlot(scene);
    }
  },
  callEnded: (scene, event, atMs) => endCall(scene, event, atMs),
  callerLeft: (scene, event, atMs) => {
    const found = scene.calls.get(event.call);
    if (found !== undefined) {
      found.isCallerGone = true;
      note(scene, scene.activations.get(found.macAddress), event, atMs);
    }
  },

  killed: (scene, event, atMs) => {
    const { target } = event;
    mark(scene, { kind: "killed", target, atMs });
    if (target === "function") {
      return;
    }
    for (const row of scene.rows.values()) {
      if (target === "worker" && row.holder === "worker") {
        delete row.holder;
      }
    }
    for (const activation of scene.activations.values()) {
      if (activation.at.inHandOf.includes(target) || activation.at.calls.some(({ by }) => by === target)) {
        note(scene, activation, event, atMs);
      }
    }
  },
  weather: (scene, { change }) => {
    const { outage, capacity, poison } = change;
    scene.vendor.outage = typeof outage === "boolean" ? outage : scene.vendor.outage;
    scene.vendor.capacity = typeof capacity === "number" ? capacity : scene.vendor.capacity;
    if (Array.isArray(poison)) {
      scene.poison = poison.map(String);
    }
  },
  duplicates: (scene, { everyNth }) => {
    scene.everyNthTwice = everyNth;
  },
  consumers: (scene, { on }) => {
    scene.consumersOn = on;
  },
};

/** A message is gone. With its last one an activation may be lost. */
function remove(scene: Scene, event: TraceEventOf<"deleted" | "purged" | "expired">, atMs: number): void {
  const activation = activationOfRow(scene, event.row);
  scene.rows.delete(event.row);
  note(scene, activation, event, atMs);
}

function environmentOf(scene: Scene, environment: number) {
  const known = scene.environments.get(environment) ?? { environment, isReady: true, macAddresses: [] };
  scene.environments.set(environment, known);
  return known;
}

function invoke(scene: Scene, event: TraceEventOf<"invoked">, atMs: number): void {
  const { environment, invocation, eventIds } = event;
  const ownRow = scene.asyncRows.get(invocation)?.[0];
  const rows = ownRow === undefined ? event.rows : [ownRow];
  const inRows = rows.flatMap((row) => scene.rows.get(row)?.macAddress ?? []);
  const byName = eventIds.flatMap((eventId) => scene.devices.get(eventId) ?? []);
  const macAddresses = [...new Set([...inRows, ...byName])];
  scene.invocations.set(invocation, { environment, macAddresses, rows });
  const found = environmentOf(scene, environment);
  Object.assign(found, { isReady: true, invocation, macAddresses });
  for (const row of rows) {
    const message = scene.rows.get(row);
    if (message !== undefined) {
      message.holder = environment;
    }
  }
  for (const macAddress of macAddresses) {
    note(scene, activationOf(scene, macAddress, atMs), event, atMs);
  }
}

/** The environment no longer works on any of it. */
function letGo(
  scene: Scene,
  invocation: string,
  event: TraceEventOf<"environmentEnded" | "returned">,
  atMs: number,
): void {
  const began = scene.invocations.get(invocation);
  if (began === undefined) {
    return;
  }
  scene.invocations.delete(invocation);
  const environment = scene.environments.get(began.environment);
  if (environment?.invocation === invocation) {
    delete environment.invocation;
    environment.macAddresses = [];
  }
  for (const row of began.rows) {
    const message = scene.rows.get(row);
    if (message?.holder === began.environment) {
      delete message.holder;
    }
  }
  for (const macAddress of began.macAddresses) {
    note(scene, activationOf(scene, macAddress, atMs), event, atMs);
  }
}

function write(scene: Scene, event: TraceEventOf<"written">, atMs: number): void {
  const macAddress = scene.devices.get(event.eventId);
  const activation = macAddress === undefined ? undefined : scene.activations.get(macAddress);
  if (activation === undefined) {
    return;
  }
  if (event.leaseEndsAtMs === undefined || event.status !== "provisioning") {
    delete activation.lease;
  } else {
    activation.lease = { fromMs: atMs, endsAtMs: event.leaseEndsAtMs - scene.startedAtMs };
  }
  if (event.status === "active" && activation.worksAtMs === undefined) {
    activation.worksAtMs = atMs;
    if (activation.asked !== undefined) {
      point(scene.works, atMs, atMs - activation.asked.atMs);
    }
  }
  note(scene, activation, event, atMs);
}

function endCall(scene: Scene, event: TraceEventOf<"callEnded">, atMs: number): void {
  const call = scene.calls.get(event.call);
  if (call === undefined) {
    return;
  }
  scene.calls.delete(event.call);
  const { macAddress, slot } = call;
  const activation = activationOf(scene, macAddress, atMs);
  note(scene, activation, event, atMs);
  const place = { macAddress, ...(slot !== undefined && { slot }) };
  if (!event.provisioned) {
    mark(scene, { kind: "callFailed", atMs, ...place });
    return;
  }
  activation.provisioned += 1;
  if (activation.provisioned > 1) {
    mark(scene, { kind: "twice", atMs, ...place });
  }
}

function freeSlot({ calls }: Scene): number {
  const taken = new Set([...calls.values()].map(({ slot }) => slot));
  let slot = 0;
  while (taken.has(slot)) {
    slot += 1;
  }
  return slot;
}
