// The embedded AWS as its own process: SQS, DynamoDB, Lambda, and what a template.yaml puts into them.
// start.ts forks it and talks to it (commands.ts). By hand: npm run aws TEMPLATE.

import { answer, onStop, tellReady } from "#shared/child.ts";
import { answerFrom, eventsKept, traceQuestion } from "#shared/tracing/parts.ts";
import { TraceRecorder } from "#shared/tracing/recorder.ts";
import type { AwsCommand, AwsMessage, CommandMessage, ProcessOptions } from "./commands.ts";
import { startSqs } from "./sqs/api/server.ts";

// Longer than an activation usually takes. What runs longer is killed and comes back, as after any crash.
const stopWithinMs = 2_000;

const tell = (message: AwsMessage) => process.send?.(message);
const onLine = (source: string, line: string) => tell({ kind: "line", source, line });

async function run(options: ProcessOptions): Promise<void> {
  const trace = options.trace === "off" ? undefined : new TraceRecorder("aws", eventsKept.aws);
  if (trace) {
    answer(traceQuestion, answerFrom(trace));
  }
  const sqs = await startSqs({ port: options.sqsPort, trace });

  // SQS answers by now, while the rest is still loading.
  const [{ deploy }, { startInspectServer }] = await Promise.all([
    import("./deploy.ts"),
    import("./inspection.ts"),
  ]);
  const { details, functions, dynamoDb, lambda, queues } = await deploy({
    ...options,
    sqs,
    onLine,
  });
  const inspection = await startInspectServer(({ withMessages }) => ({
    atMs: Date.now(),
    queues: sqs.service.queues().map((queue) => ({
      name: queue.name,
      url: sqs.queueUrl(queue.name),
      arn: queue.arn,
      ...(queue.settings.redrivePolicy && { maxReceiveCount: queue.settings.redrivePolicy.maxReceiveCount }),
      ...queue.counts(),
      ...(withMessages ? { messages: queue.messages() } : {}),
    })),
    functions: functions.inspect({ withMessages }),
  }));

  const deadLetterQueues = queues.flatMap(({ deadLetterQueue }) => deadLetterQueue ?? []);
  const carryOut = async (command: AwsCommand) => {
    switch (command.name) {
      case "deliverTwice": {
        const isWork = ({ name }: { name: string }) => !deadLetterQueues.includes(name);
        const work = sqs.service.queues().filter(isWork);
        functions.deliverTwice(command.everyNth, command.delaysMs);
        return work.forEach((queue) => queue.deliverTwice(command.everyNth, command.delaysMs));
      }
      case "enableMapping":
        return command.enabled ? functions.enable() : functions.disable();
      case "killEnvironment":
        return functions.kill(command.pid);
    }
  };
  process.on("message", ({ kind, id, command }: CommandMessage) => {
    if (kind === "command") {
      carryOut(command).then(
        () => tell({ kind: "answer", id }),
        (error: Error) => tell({ kind: "answer", id, error: error.message }),
      );
    }
  });
  onStop(async () => {
    await Promise.race([
      functions.disable(),
      new Promise((resolve) => setTimeout(resolve, stopWithinMs).unref()),
    ]);
    await functions.stop();
    await Promise.all([inspection.close(), dynamoDb.close(), lambda.close(), sqs.close()]);
  });
  tellReady({ ...details, inspectUrl: inspection.url });
}

run(JSON.parse(process.argv[2] ?? "{}") as ProcessOptions).catch((error: Error) => {
  process.exitCode = 1;
  const isExpected = error.name === "TemplateError" || error.name === "UsageError";
  const message = isExpected ? error.message : (error.stack ?? error.message);
  // Exit only once the message is sent: the parent learns nothing else.
  process.send?.({ kind: "failed", name: error.name, message } satisfies AwsMessage, () => process.exit());
});
