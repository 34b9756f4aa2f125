import { expect, test } from "vitest";
import { rocketmqErrorCodes } from "./errors.ts";
import { aclGeneration, errorCodeOf, responseCodes, responseError } from "./response-code.ts";

test.each([
  [1, "org.apache.rocketmq.acl.common.AclException: Check signature failed for accessKey=x", "SIGNATURE_FAILED", "1.0"],
  [1, "AclException: No accessKey is configured", "SIGNATURE_FAILED", "1.0"],
  [1, "AclException: Need admin permission for request code=17", "NO_PERMISSION", "1.0"],
  [16, "check signature failed.", "SIGNATURE_FAILED", "2.0"],
  [16, "username cannot be null.", "SIGNATURE_FAILED", "2.0"],
  [16, "User:bob is not found.", "SIGNATURE_FAILED", "2.0"],
  [16, "User:bob is disabled.", "SIGNATURE_FAILED", "2.0"],
  [16, "User:bob has no permission to access Topic:T", "NO_PERMISSION", undefined],
  [1, "java.lang.NullPointerException", "BROKER_ERROR", undefined],
  [17, "No topic route info", "TOPIC_NOT_EXIST", undefined],
] as const)("%d %s is %s", (code, remark, expected, generation) => {
  expect(errorCodeOf(code, remark)).toBe(expected);
  expect(aclGeneration(code, remark)).toBe(generation);
});

test("every response code has a kind of error", () => {
  for (const code of Object.keys(responseCodes)) expect(rocketmqErrorCodes).toContain(errorCodeOf(Number(code)));
});

test("the error of an answer names code, remark and address", () => {
  expect(responseError("127.0.0.1:10911", 215, "slow down")).toMatchObject({
    code: "FLOW_CONTROL",
    responseCode: 215,
    remark: "slow down",
    address: "127.0.0.1:10911",
    retryable: true,
    message: "127.0.0.1:10911 answered FLOW_CONTROL: slow down",
  });
});
