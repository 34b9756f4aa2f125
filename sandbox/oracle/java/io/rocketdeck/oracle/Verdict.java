package io.rocketdeck.oracle;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.common.message.MessageExt;

/** What listeners decide by the tag of a message: FAIL fails, THROW throws, NULL says nothing, HOLD waits until it is let go, all else succeeds. */
abstract class Verdict {
  private final AtomicInteger handled = new AtomicInteger();
  private final CountDownLatch letGo = new CountDownLatch(1);

  /** Null: the listener is to say nothing. */
  Boolean succeeds(List<MessageExt> messages) {
    boolean fails = false;
    boolean silent = false;
    for (MessageExt message : messages) {
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

  public void letGo() {
    letGo.countDown();
  }
}
