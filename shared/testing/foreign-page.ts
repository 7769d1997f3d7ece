import { request } from "node:http";

/** The status of the answer to a request with these headers, including Host, which `fetch` wouldn't send. */
export function statusFor(
  url: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (answer) => resolve(answer.resume().statusCode))
      .once("error", reject)
      .end();
  });
}
