package io.rocketdeck.oracle;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.common.message.MessageExt;

/** What listeners decide by the tag of a message: FAIL fails, HOLD waits until it is let go, all else succeeds. */
abstract class Verdict {
  private final AtomicInteger handled = new AtomicInteger();
  private final CountDownLatch letGo = new CountDownLatch(1);

  boolean succeeds(List<MessageExt> messages) {
    boolean fails = false;
    for (MessageExt message : messages) {
      if ("HOLD".equals(message.getTags())) {
        await();
      }
      fails |= "FAIL".equals(message.getTags());
    }
    handled.addAndGet(messages.size());
    return !fails;
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
