package io.rocketdeck.yardstick;

import io.rocketdeck.workload.Options;
import java.util.Collection;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.common.message.MessageQueue;

/** Pulls a number of messages from the beginning of a topic with the official lite pull consumer. */
public final class LitePull {
  private static final long POLL_MS = 1_000;
  private static final int EMPTY_POLLS_ALLOWED = 20;

  private LitePull() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> options = Options.pairs(args);
    int repeat = Integer.parseInt(options.getOrDefault("repeat", "1"));
    for (int round = 0; round < repeat; round++) {
      pull(options, round);
    }
    System.exit(0);
  }

  private static void pull(Map<String, String> options, int round) throws Exception {
    long wanted = Long.parseLong(Options.required(options, "count"));
    DefaultLitePullConsumer consumer = new DefaultLitePullConsumer(
        "yardstick-lite-pull", Options.hook(options.get("access-key"), options.get("secret-key")));
    consumer.setNamesrvAddr(Options.required(options, "namesrv"));
    consumer.setInstanceName("yardstick-" + round);
    consumer.setPullBatchSize(Integer.parseInt(options.getOrDefault("batch", "32")));
    consumer.setAutoCommit(false);
    consumer.start();
    try {
      Collection<MessageQueue> queues = consumer.fetchMessageQueues(Options.required(options, "topic"));
      for (MessageQueue queue : queues) {
        // Opens the connections, which are not what is measured.
        consumer.offsetForTimestamp(queue, 0L);
      }
      Measure measure = new Measure();
      consumer.assign(queues);
      for (MessageQueue queue : queues) {
        consumer.seekToBegin(queue);
      }
      measure.print("lite-pull", poll(consumer, wanted));
    } finally {
      consumer.shutdown();
    }
  }

  private static long poll(DefaultLitePullConsumer consumer, long wanted) {
    long seen = 0;
    int empty = 0;
    while (seen < wanted) {
      int size = consumer.poll(POLL_MS).size();
      seen += size;
      empty = size == 0 ? empty + 1 : 0;
      if (empty > EMPTY_POLLS_ALLOWED) {
        throw new IllegalStateException("only " + seen + " of " + wanted + " messages came");
      }
    }
    return seen;
  }
}
