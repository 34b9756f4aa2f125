package io.rocketdeck.oracle;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.remoting.RPCHook;

/**
 * Answers questions about a cluster with the official tools of its version: one JSON object a line on standard input,
 * one on standard output; it ends with its input.
 */
public final class Main {
  private final PrintStream wire;
  private final Bridge bridge = new Bridge();
  private final Commands commands;

  private Main(PrintStream wire) throws ReflectiveOperationException {
    this.wire = wire;
    String accessKey = System.getenv("ORACLE_ACCESS_KEY");
    RPCHook hook = accessKey == null
        ? null
        : new AclClientRPCHook(new SessionCredentials(accessKey, System.getenv("ORACLE_SECRET_KEY")));
    if (hook != null) {
      bridge.keep("hook", hook);
    }
    commands = new Commands(hook);
  }

  public static void main(String[] args) throws Exception {
    PrintStream wire = System.out;
    // What libraries print must not stand between the answers.
    System.setOut(System.err);
    Main main = new Main(wire);
    ExecutorService threads = Executors.newCachedThreadPool();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Map<?, ?> question = (Map<?, ?>) Json.parse(line);
      threads.execute(() -> main.answer(question));
    }
    Runtime.getRuntime().halt(0);
  }

  private void answer(Map<?, ?> question) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("id", question.get("id"));
    try {
      answer.put("value", Plain.of(value(question)));
    } catch (Throwable failure) {
      answer.put("error", failure.getClass().getSimpleName());
      answer.put("responseCode", told(failure, "getResponseCode"));
      Object remark = told(failure, "getErrorMessage");
      answer.put("remark", remark == null ? failure.getMessage() : remark);
    }
    String line = Json.write(answer);
    synchronized (wire) {
      wire.println(line);
      wire.flush();
    }
  }

  private Object value(Map<?, ?> question) throws Exception {
    List<?> args = (List<?>) question.get("args");
    String name = String.valueOf(question.get("name"));
    switch (String.valueOf(question.get("op"))) {
      case "make" -> bridge.make(name, String.valueOf(question.get("type")), args, (Map<?, ?>) question.get("set"));
      case "call" -> {
        Object result = bridge.call(name, String.valueOf(question.get("method")), args);
        if (question.get("as") instanceof String as) {
          bridge.keep(as, result);
          return null;
        }
        return result;
      }
      case "forget" -> bridge.forget(name);
      case "mqadmin" -> {
        return commands.run(name, args);
      }
      default -> throw new IllegalArgumentException("unknown op " + question.get("op"));
    }
    return null;
  }

  private static Object told(Throwable failure, String getter) {
    try {
      Method method = failure.getClass().getMethod(getter);
      return method.invoke(failure);
    } catch (ReflectiveOperationException notThere) {
      return null;
    }
  }
}
