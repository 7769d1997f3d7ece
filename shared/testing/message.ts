/** Puts one message with any body into a queue. */
export async function sendMessage(queueUrl: string, body: string): Promise<void> {
  const response = await fetch(queueUrl, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
    body: JSON.stringify({ QueueUrl: queueUrl, MessageBody: body }),
  });
  if (!response.ok) {
    throw new Error(`Expected the queue to take a message, got ${response.status}: ${await response.text()}`);
  }
}
