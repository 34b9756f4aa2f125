import type { Oracle } from "../oracle.ts";

const APIS = "org.apache.rocketmq.client.apis";

/** A push consumer that speaks gRPC with a proxy, online until the oracle ends. */
export async function startGrpcConsumer(
  oracle: Oracle,
  endpoints: string,
  { group, topic }: { group: string; topic: string },
): Promise<void> {
  await oracle.call(`${APIS}.ClientConfiguration`, "newBuilder", [], { as: "grpc-conf-builder" });
  await oracle.call("grpc-conf-builder", "setEndpoints", [endpoints], { as: "grpc-conf-builder" });
  await oracle.call("grpc-conf-builder", "enableSsl", [false], { as: "grpc-conf-builder" });
  await oracle.call("java.time.Duration", "ofSeconds", [30], { as: "grpc-patience" });
  await oracle.call("grpc-conf-builder", "setRequestTimeout", [{ $: "grpc-patience" }], { as: "grpc-conf-builder" });
  await oracle.call("grpc-conf-builder", "build", [], { as: "grpc-conf" });
  await oracle.call(`${APIS}.ClientServiceProvider`, "loadService", [], { as: "grpc" });
  await oracle.call("grpc", "newPushConsumerBuilder", [], { as: "grpc-builder" });
  await oracle.make("grpc-all", `${APIS}.consumer.FilterExpression`, ["*"]);
  await oracle.make("grpc-listener", "io.rocketdeck.oracle.GrpcListener", []);
  const settings = [
    ["setClientConfiguration", { $: "grpc-conf" }],
    ["setConsumerGroup", group],
    ["setSubscriptionExpressions", { [topic]: { $: "grpc-all" } }],
    ["setMessageListener", { $: "grpc-listener" }],
  ] as const;
  for (const [setter, value] of settings) await oracle.call("grpc-builder", setter, [value], { as: "grpc-builder" });
  await oracle.call("grpc-builder", "build", [], { as: "grpc-consumer" });
}
