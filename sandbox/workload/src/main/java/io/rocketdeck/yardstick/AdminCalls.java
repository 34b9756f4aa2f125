package io.rocketdeck.yardstick;

import io.rocketdeck.workload.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/** Admin work with the official admin client: create topics, read consume stats, read all topic configs. */
public final class AdminCalls {
  private static final long TIMEOUT_MS = 30_000;
  private static final int QUEUES = 4;

  private final DefaultMQAdminExt admin;
  private final List<String> masters;
  private final Map<String, String> options;

  /** One call for one name. */
  private interface Call {
    void run(String name) throws Exception;
  }

  private AdminCalls(DefaultMQAdminExt admin, Map<String, String> options) throws Exception {
    this.admin = admin;
    this.options = options;
    this.masters = new ArrayList<>();
    String cluster = Options.required(options, "cluster");
    for (BrokerData broker : admin.examineBrokerClusterInfo().getBrokerAddrTable().values()) {
      String master = broker.getBrokerAddrs().get(0L);
      if (master != null && broker.getCluster().equals(cluster)) {
        masters.add(master);
      }
    }
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = Options.pairs(args);
    DefaultMQAdminExt admin =
        new DefaultMQAdminExt(Options.hook(options.get("access-key"), options.get("secret-key")), TIMEOUT_MS);
    admin.setNamesrvAddr(Options.required(options, "namesrv"));
    admin.start();
    AdminCalls calls = new AdminCalls(admin, options);
    int repeat = Integer.parseInt(options.getOrDefault("repeat", "1"));
    for (int round = 0; round < repeat; round++) {
      calls.act(Options.required(options, "action"), round);
    }
    System.exit(0);
  }

  private void act(String action, int round) throws Exception {
    switch (action) {
      case "create-topics" -> each(action, "r" + round + "-", this::createTopic);
      case "consume-stats" -> each(action, "", this::consumeStats);
      case "topic-configs" -> topicConfigs(action);
      default -> throw new IllegalArgumentException("unknown action " + action);
    }
  }

  private void createTopic(String name) throws Exception {
    for (String master : masters) {
      admin.createAndUpdateTopicConfig(master, new TopicConfig(name, QUEUES, QUEUES));
    }
  }

  private void consumeStats(String group) throws Exception {
    for (String master : masters) {
      admin.examineConsumeStats(master, group, null, TIMEOUT_MS);
    }
  }

  private void topicConfigs(String action) throws Exception {
    Measure measure = new Measure();
    long count = 0;
    for (String master : masters) {
      count += admin.getAllTopicConfig(master, TIMEOUT_MS).getTopicConfigTable().size();
    }
    measure.print(action, count);
  }

  /** Calls for prefix + 0 … prefix + (count - 1), spread over the threads. */
  private void each(String action, String infix, Call call) throws Exception {
    String prefix = Options.required(options, "prefix") + infix;
    int count = Integer.parseInt(Options.required(options, "count"));
    ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(options.getOrDefault("threads", "1")));
    Measure measure = new Measure();
    List<Future<?>> pending = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = prefix + i;
      pending.add(pool.submit(() -> {
        call.run(name);
        return null;
      }));
    }
    for (Future<?> one : pending) {
      one.get();
    }
    measure.print(action, count);
    pool.shutdown();
  }
}
