/** Whether accepted work waits in a queue: SQS's, or the one inside of Lambda to which an asynchronous invocation goes. */
export function hasQueue(outputs: Readonly<Record<string, string>>): boolean {
  return outputs["QUEUE_URL"] !== undefined || invokesFunction(outputs);
}

/** Whether the API invokes the function itself. */
export const invokesFunction = (outputs: Readonly<Record<string, string>>): boolean =>
  outputs["ACTIVATION_FUNCTION"] !== undefined;
