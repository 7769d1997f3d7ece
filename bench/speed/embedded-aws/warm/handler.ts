import type { SQSHandler } from "aws-lambda";

/** Logs how long ago its message was sent, as its first action. */
export const handler: SQSHandler = async ({ Records: records }) => {
  const nowMs = performance.timeOrigin + performance.now();
  for (const { body } of records) {
    console.log(`reached after ${nowMs - Number(body)}`);
  }
};
