import type { Limit, LimitProbe } from "#shared/limit.ts";
import type { Phase, RequestOutcome } from "#shared/results.ts";
import { rateText } from "../figures/limits.ts";
import { expectServer, refused } from "../load/connection.ts";
import type { Sender } from "../load/sender.ts";
import type { Target } from "../measure/target.ts";
import { arrivals } from "../plan/arrivals.ts";
import { limitFrom } from "./answer.ts";
import { climb } from "./find.ts";
import { doubtAbout, judge } from "./verdict.ts";
import type { Promised } from "./verdict.ts";

interface UrlLimitOptions {
  target: Target;
  promised: Promised;
  seed: number;
  /** The length of each probe. Default 5. */
  probeSeconds?: number;
  /** No probe begins that would end later. Default 80. */
  mostSeconds?: number;
  sender: Sender;
  onStage: (stage: string) => void;
  signal: AbortSignal;
}

/** Answers other than 2xx, counted by what they were. */
type Errors = Map<string, number>;

/** Finds the limit of any URL by its answers alone. Throws an error that says why there is none. */
export async function limitOfUrl(options: UrlLimitOptions): Promise<Limit> {
  const { target, promised, probeSeconds: seconds = 5, mostSeconds = 80, onStage } = options;
  const startedAtMs = performance.now();
  const elapsedSeconds = () => (performance.now() - startedAtMs) / 1_000;
  let errors: Errors = new Map();
  const { found, probes } = await climb({
    answeredMs: promised.answeredMs,
    mayProbe: () => elapsedSeconds() + seconds + limitMsOf(promised) / 1_000 <= mostSeconds,
    probe: async (perSecond) => {
      onStage(`${rateText(perSecond)} a second`);
      const measured = await probeUrl({ perSecond, seconds }, options);
      ({ errors } = measured);
      return measured.probe;
    },
  });
  const last = probes.at(-1);
  const why = last === undefined ? "" : whyOf(last, errors, promised);
  return limitFrom({
    id: "url",
    label: "URL",
    of: target.url.href,
    promised,
    found,
    probes,
    ...(last?.broke && { broke: last.broke }),
    cause: "unclear",
    why,
    tookSeconds: elapsedSeconds(),
  });
}

// Far beyond the promise waiting teaches nothing, and a server that never answers soon ends the search.
const limitMsOf = ({ answeredMs }: Promised) => Math.max(4 * answeredMs, 2_000);

async function probeUrl(
  phase: Phase,
  { target, promised, seed, sender, signal }: UrlLimitOptions,
): Promise<{ probe: LimitProbe; errors: Errors }> {
  const { url, method, headers, body } = target;
  const errors: Errors = new Map();
  const count = (what: string) => errors.set(what, (errors.get(what) ?? 0) + 1);
  const read = (status: number): { outcome: RequestOutcome } => {
    const isRight = status >= 200 && status < 300;
    if (!isRight) {
      count(`answer ${status}`);
    }
    return { outcome: isRight ? "accepted" : "failed" };
  };
  const sent = await sender.send({
    url: url.href,
    method,
    headers,
    requests: arrivals([phase], seed).map((dueMs) => ({ dueMs, body, read })),
    limitMs: limitMsOf(promised),
    keepBytes: 0,
    signal,
  });
  sent.answers.forEach(({ failure }) => failure !== undefined && count(failure));
  const customers = sent.answers.map(({ dueMs, outcome, answeredMs }) => ({
    dueMs,
    isAccepted: outcome === "accepted",
    answeredMs,
  }));
  if (errors.has(refused)) {
    // The load may have killed it: then there is no limit to state.
    await expectServer(url);
  }
  if (customers.every(({ isAccepted }) => !isAccepted)) {
    throw new Error(
      `Expected answers of 2xx at ${rateText(phase.perSecond)} a second, got none but ${inWords(errors)}; see whether the URL, \`method\` and \`body\` are right`,
    );
  }
  return { probe: judge(customers, promised, phase, doubtAbout(sent, promised)), errors };
}

const inWords = (errors: Errors) => [...errors].map(([what, times]) => `${times} x ${what}`).join(", ");

function whyOf({ perSecond, answered }: LimitProbe, errors: Errors, { answeredMs }: Promised): string {
  const wrong = errors.size === 0 ? "" : `, and there were errors: ${inWords(errors)}`;
  return `from outside no cause can be seen: at ${rateText(perSecond)} a second ${answered.inTime} of ${answered.of} were answered within ${answeredMs} ms${wrong}`;
}
