/** Whether accepted work waits in a queue: SQS's, or the one inside of Lambda to which an asynchronous invocation goes. */
export function hasQueue(outputs: Readonly<Record<string, string>>): boolean {
  return outputs["QUEUE_URL"] !== undefined || invokesFunction(outputs);
}

/** Whether the API invokes the function itself. */
export const invokesFunction = (outputs: Readonly<Record<string, string>>): boolean =>
  outputs["ACTIVATION_FUNCTION"] !== undefined;

/**
 * The outputs with every address on SQS's own origin moved to the endpoint that the environment names: an SDK client
 * goes where a queue's URL points, and would pass by a proxy otherwise.
 */
export function outputsBehind(
  endpoint: string | undefined,
  outputs: Readonly<Record<string, string>>,
  sqsUrl: string,
): Record<string, string> {
  const origin = new URL(sqsUrl).origin;
  const behind = endpoint === undefined ? origin : new URL(endpoint).origin;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name,
      value.startsWith(`${origin}/`) ? behind + value.slice(origin.length) : value,
    ]),
  );
}
