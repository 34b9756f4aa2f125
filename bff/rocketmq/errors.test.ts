import { expect, test } from "vitest";
import { noNamesrv, RocketMQError, type RocketMQErrorCode } from "./errors.ts";

const failed = (code: RocketMQErrorCode, address: string) =>
  new RocketMQError(code, `${address}: ${code}`, { address });

test("name servers that all send a route nobody can read are told as that, with their addresses", () => {
  const error = noNamesrv([failed("MALFORMED_RESPONSE", "a:1"), failed("MALFORMED_RESPONSE", "b:1")]);
  expect(error).toMatchObject({ code: "MALFORMED_RESPONSE", address: "a:1, b:1", retryable: false });
});

test.each<[string, RocketMQErrorCode[]]>([
  ["have different faults", ["MALFORMED_RESPONSE", "CONNECT_REFUSED"]],
  ["may answer when they are asked again", ["CONNECT_REFUSED", "CONNECT_REFUSED"]],
])("of name servers that %s none is available", (_, codes) => {
  const error = noNamesrv(codes.map((code, n) => failed(code, `${n}:1`)));
  expect(error).toMatchObject({ code: "NO_NAMESRV_AVAILABLE", retryable: true });
});
