/** What a receipt handle identifies: one receive of one row of one queue, not the message. */
interface Receipt {
  queueArn: string;
  sequence: number;
  receiveCount: number;
}

/** Opaque to the consumer, though nothing in it is secret. */
export function writeReceiptHandle({ queueArn, sequence, receiveCount }: Receipt): string {
  return Buffer.from(`${queueArn} ${sequence} ${receiveCount}`).toString("base64");
}

/** Undefined for anything that {@link writeReceiptHandle} didn't write for this queue. */
export function readReceiptHandle(handle: string, queueArn: string): Receipt | undefined {
  const [arn, sequence, receiveCount, ...rest] = Buffer.from(handle, "base64").toString().split(" ");
  const receipt = { queueArn, sequence: Number(sequence), receiveCount: Number(receiveCount) };
  // Base64 accepts almost everything, so we write the handle again and compare.
  const isOurs = arn === queueArn && rest.length === 0 && writeReceiptHandle(receipt) === handle;
  return isOurs ? receipt : undefined;
}
