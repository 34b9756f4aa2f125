package io.rocketdeck.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.common.message.MessageExt;

/** What listeners decide by the tag of a message: FAIL fails, THROW throws, NULL says nothing, HOLD waits until it is let go, all else succeeds. */
abstract class Verdict {
  private static final int SEEN_KEPT = 1000;
  private final AtomicInteger handled = new AtomicInteger();
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch letGo = new CountDownLatch(1);

  /** Null: the listener is to say nothing. */
  Boolean succeeds(List<MessageExt> messages) {
    boolean fails = false;
    boolean silent = false;
    for (MessageExt message : messages) {
      note(message);
      if ("HOLD".equals(message.getTags())) {
        await();
      }
      fails |= "FAIL".equals(message.getTags());
      silent |= "NULL".equals(message.getTags());
    }
    handled.addAndGet(messages.size());
    if (messages.stream().anyMatch(message -> "THROW".equals(message.getTags()))) {
      throw new IllegalStateException("no stock left");
    }
    return silent ? null : Boolean.valueOf(!fails);
  }

  private void note(MessageExt message) {
    String id = message.getProperty("UNIQ_KEY");
    if (seen.size() < SEEN_KEPT) {
      seen.add(String.join(" ", id, message.getTopic(), String.valueOf(message.getReconsumeTimes()), message.getTags()));
    }
  }

  private void await() {
    try {
      letGo.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many messages it has decided about, each time that they came. */
  public int handled() {
    return handled.get();
  }

  /** Each message as it came: its id, topic, how often it came before, and tag. */
  public List<String> seen() {
    return List.copyOf(seen);
  }

  public void letGo() {
    letGo.countDown();
  }
}
