import { brokerRpc } from "../rpc/broker.ts";
import type { RocketMQCluster } from "./cluster.ts";

const secretKey = /password|secret|credential|initAuthenticationUser|accessKey/i;

/** Configuration of a broker with every value that may hold a secret replaced by `***`. */
export async function maskedBrokerConfig(cluster: RocketMQCluster, addr: string): Promise<Map<string, string>> {
  const config = await cluster.call(brokerRpc.getBrokerConfig, addr, {});
  for (const [key, value] of config) if (value !== "" && secretKey.test(key)) config.set(key, "***");
  return config;
}
