import { expect, it } from "vitest";
import { readEndpoints } from "./start-aws.ts";

const emulator = "http://127.0.0.1:5000/";

it("takes another emulator from the SDK's variables, for both services or none", () => {
  expect(readEndpoints({})).toBeUndefined();
  expect(readEndpoints({ AWS_ENDPOINT_URL_SQS: emulator, AWS_ENDPOINT_URL_DYNAMODB: emulator })).toEqual({
    sqsUrl: "http://127.0.0.1:5000",
    dynamoDbUrl: "http://127.0.0.1:5000",
  });
});

it.each([
  { AWS_ENDPOINT_URL_SQS: emulator },
  { AWS_ENDPOINT_URL_SQS: "moto", AWS_ENDPOINT_URL_DYNAMODB: emulator },
  {
    AWS_ENDPOINT_URL_SQS: emulator,
    AWS_ENDPOINT_URL_DYNAMODB: "https://dynamodb.eu-central-1.amazonaws.com",
  },
  { AWS_ENDPOINT_URL_SQS: "https://sqs.cn-north-1.amazonaws.com.cn", AWS_ENDPOINT_URL_DYNAMODB: emulator },
  { AWS_ENDPOINT_URL_SQS: "https://sqs.eu-central-1.api.aws", AWS_ENDPOINT_URL_DYNAMODB: emulator },
])("refuses %j: using AWS itself takes other words", (env) => {
  expect(() => readEndpoints(env)).toThrow("to be an emulator's, both of them");
});
