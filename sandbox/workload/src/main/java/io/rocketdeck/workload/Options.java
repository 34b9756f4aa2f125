package io.rocketdeck.workload;

import java.util.HashMap;
import java.util.Map;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.remoting.RPCHook;

/** The command line: {@code --name value} pairs. */
public record Options(
    String namesrv, String cluster, String grpc, String accessKey, String secretKey, double rate, int seedOnly, int count, String log) {

  /** First part of each client id; by default the clients would put an outside address of the machine there. */
  static final String CLIENT_IP = "127.0.0.1";

  public static Options parse(String[] args) {
    Map<String, String> values = pairs(args);
    return new Options(
        required(values, "namesrv"),
        required(values, "cluster"),
        values.get("grpc"),
        values.get("access-key"),
        values.get("secret-key"),
        Double.parseDouble(values.getOrDefault("rate", "40")),
        Integer.parseInt(values.getOrDefault("seed-only", "0")),
        Integer.parseInt(values.getOrDefault("count", String.valueOf(Integer.MAX_VALUE))),
        values.get("log"));
  }

  public static Map<String, String> pairs(String[] args) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      values.put(args[i].replaceFirst("^--", ""), args[i + 1]);
    }
    return values;
  }

  public static String required(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + " is missing");
    }
    return value;
  }

  public RPCHook hook() {
    return hook(accessKey, secretKey);
  }

  public static RPCHook hook(String accessKey, String secretKey) {
    return accessKey == null ? null : new AclClientRPCHook(new SessionCredentials(accessKey, secretKey));
  }
}
