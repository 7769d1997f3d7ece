import { optionalInteger, optionalString, requiredString } from "../input.ts";
import type { MoveTask } from "../move-task.ts";
import type { Action } from "./call.ts";

export const startMessageMoveTask: Action = (input, { service }) => {
  const task = service.moveTasks.start({
    sourceArn: requiredString(input, "SourceArn"),
    destinationArn: optionalString(input, "DestinationArn"),
    maxNumberOfMessagesPerSecond: optionalInteger(input, "MaxNumberOfMessagesPerSecond", 1, 500),
  });
  return { TaskHandle: task.handle };
};

export const listMessageMoveTasks: Action = (input, { service }) => {
  const maxResults = optionalInteger(input, "MaxResults", 1, 10) ?? 1;
  const tasks = service.moveTasks.list(requiredString(input, "SourceArn"));
  return { Results: tasks.slice(0, maxResults).map(write) };
};

export const cancelMessageMoveTask: Action = (input, { service }) => {
  const task = service.moveTasks.cancel(requiredString(input, "TaskHandle"));
  return { ApproximateNumberOfMessagesMoved: task.moved };
};

// JSON leaves out what is undefined, as AWS does.
function write(task: MoveTask) {
  return {
    // Only a running task can be named, since only a running one can be cancelled.
    TaskHandle: task.status === "RUNNING" ? task.handle : undefined,
    Status: task.status,
    SourceArn: task.order.source.arn,
    DestinationArn: task.order.destinationArn,
    MaxNumberOfMessagesPerSecond: task.order.maxNumberOfMessagesPerSecond,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: task.failureReason,
    StartedTimestamp: task.startedAtMs,
  };
}
