import type { Action } from "./call.ts";
import { deleteMessage, deleteMessageBatch } from "./delete.ts";
import { cancelMessageMoveTask, listMessageMoveTasks, startMessageMoveTask } from "./move-tasks.ts";
import * as queues from "./queues.ts";
import { receiveMessage } from "./receive.ts";
import { sendMessage, sendMessageBatch } from "./send.ts";
import { changeMessageVisibility, changeMessageVisibilityBatch } from "./visibility.ts";

/** The API: what `X-Amz-Target: AmazonSQS.NAME` can ask for. */
export const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    CreateQueue: queues.createQueue,
    DeleteQueue: queues.deleteQueue,
    GetQueueUrl: queues.getQueueUrl,
    ListQueues: queues.listQueues,
    ListDeadLetterSourceQueues: queues.listDeadLetterSourceQueues,
    GetQueueAttributes: queues.getQueueAttributes,
    SetQueueAttributes: queues.setQueueAttributes,
    PurgeQueue: queues.purgeQueue,
    SendMessage: sendMessage,
    SendMessageBatch: sendMessageBatch,
    ReceiveMessage: receiveMessage,
    DeleteMessage: deleteMessage,
    DeleteMessageBatch: deleteMessageBatch,
    ChangeMessageVisibility: changeMessageVisibility,
    ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
    StartMessageMoveTask: startMessageMoveTask,
    ListMessageMoveTasks: listMessageMoveTasks,
    CancelMessageMoveTask: cancelMessageMoveTask,
  }),
);

/** AWS has these, the embedded SQS doesn't; to say so is kinder than to call them unknown. */
export const missingActions: ReadonlySet<string> = new Set([
  "AddPermission",
  "RemovePermission",
  "TagQueue",
  "UntagQueue",
  "ListQueueTags",
]);
