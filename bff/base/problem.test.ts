import { ORPCError, ValidationError } from "@orpc/server";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { problems } from "#contract/problem.ts";
import { failureOf, Problem, toApiError } from "./problem.ts";
import { noNamesrv, RocketMQError, rocketmqErrorCodes } from "../rocketmq/errors.ts";

const never = () => expect.unreachable("nothing unexpected happened");

test("every code of the RocketMQ client is a problem of the contract, with the same word on retrying", () => {
  for (const code of rocketmqErrorCodes) {
    expect(problems).toHaveProperty(code);
    expect(problems[code].retry, code).toBe(new RocketMQError(code, "").retryable);
  }
});

test("a problem keeps its data and gets its status and the request id", () => {
  const error = toApiError(new Problem("TOPIC_EXISTS", { params: { topic: "t" } }), "r1", never);
  expect(error.toJSON()).toMatchObject({
    code: "TOPIC_EXISTS",
    status: 409,
    data: { params: { topic: "t" }, requestId: "r1" },
  });
});

test("that no name server answers tells what happened at each of them", () => {
  const failed = (code: "CONNECT_REFUSED" | "REQUEST_TIMEOUT", address: string) =>
    new RocketMQError(code, `${address}: no`, { address });
  const cause = noNamesrv([failed("CONNECT_REFUSED", "a:1"), failed("REQUEST_TIMEOUT", "b:1")]);
  expect(toApiError(cause, "r", never).toJSON()).toMatchObject({
    code: "NO_NAMESRV_AVAILABLE",
    data: { params: { tried: "a:1: CONNECT_REFUSED, b:1: REQUEST_TIMEOUT" } },
  });
});

test("an error of RocketMQ tells who answered what", () => {
  const cause = new RocketMQError("NO_PERMISSION", "no", { address: "a:1", responseCode: 16, remark: "not permitted" });
  expect(toApiError(cause, "r", never).toJSON()).toMatchObject({
    code: "NO_PERMISSION",
    status: 403,
    data: { address: "a:1", responseCode: 16, remark: "not permitted" },
  });
  expect(failureOf("broker-a", cause)).toEqual({
    target: "broker-a",
    code: "NO_PERMISSION",
    responseCode: 16,
    remark: "not permitted",
  });
});

test("wrong input becomes paths with message keys", () => {
  const schema = z.object({
    name: z.string().min(2),
    n: z.number(),
    kind: z.enum(["a"]),
    own: z.string().refine(() => false, "topic.reserved"),
  });
  const { error } = schema.safeParse({ name: "x", kind: "b", own: "y" });
  const cause = new ValidationError({ message: "Input validation failed", issues: error?.issues ?? [], data: {} });
  const answer = toApiError(new ORPCError("BAD_REQUEST", { cause }), "r", never);
  expect(answer.data.issues).toEqual([
    { path: "name", message: "tooSmall" },
    { path: "n", message: "invalidType" },
    { path: "kind", message: "notOneOf" },
    { path: "own", message: "topic.reserved" },
  ]);
});

test("a fault of the console is told to the log alone", () => {
  const unexpected = vi.fn();
  const fault = new Error("password=hunter2 at /etc/secret");
  const answer = toApiError(fault, "r", unexpected);
  expect(JSON.stringify(answer.toJSON())).not.toContain("hunter2");
  expect(answer).toMatchObject({ code: "INTERNAL_SERVER_ERROR", status: 500, data: { requestId: "r" } });
  expect(unexpected).toHaveBeenCalledWith(fault);
});
