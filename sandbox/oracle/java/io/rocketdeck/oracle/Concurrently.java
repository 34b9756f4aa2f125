package io.rocketdeck.oracle;

import java.util.List;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.message.MessageExt;

/** The listener of a group that consumes concurrently; what fails comes again after a second. */
public final class Concurrently extends Verdict implements MessageListenerConcurrently {
  private static final int LEVEL_1S = 1;

  @Override
  public ConsumeConcurrentlyStatus consumeMessage(List<MessageExt> messages, ConsumeConcurrentlyContext context) {
    context.setDelayLevelWhenNextConsume(LEVEL_1S);
    Boolean succeeds = succeeds(messages);
    if (succeeds == null) {
      return null;
    }
    return succeeds ? ConsumeConcurrentlyStatus.CONSUME_SUCCESS : ConsumeConcurrentlyStatus.RECONSUME_LATER;
  }
}
