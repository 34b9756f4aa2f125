package io.rocketdeck.oracle;

import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.message.MessageView;

/** The listener of a gRPC consumer, which takes everything. */
public final class GrpcListener implements MessageListener {
  @Override
  public ConsumeResult consume(MessageView message) {
    return ConsumeResult.SUCCESS;
  }
}
