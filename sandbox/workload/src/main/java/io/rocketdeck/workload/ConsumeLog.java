package io.rocketdeck.workload;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.common.message.MessageExt;

/** What each listener did with each message, a line of JSON each: the shop's own word on what was consumed. */
final class ConsumeLog {
  private final BufferedWriter writer;

  ConsumeLog(String file) throws IOException {
    writer = file == null ? null
        : Files.newBufferedWriter(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  MessageListenerConcurrently of(String group, MessageListenerConcurrently listener) {
    return writer == null ? listener : (messages, context) -> {
      ConsumeConcurrentlyStatus status = listener.consumeMessage(messages, context);
      write(group, messages, status == ConsumeConcurrentlyStatus.CONSUME_SUCCESS);
      return status;
    };
  }

  MessageListenerOrderly inOrder(String group, MessageListenerOrderly listener) {
    return writer == null ? listener : (messages, context) -> {
      ConsumeOrderlyStatus status = listener.consumeMessage(messages, context);
      write(group, messages, status == ConsumeOrderlyStatus.SUCCESS);
      return status;
    };
  }

  private synchronized void write(String group, List<MessageExt> messages, boolean ok) {
    try {
      for (MessageExt message : messages) {
        writer.write(String.format("{\"group\":\"%s\",\"msgId\":\"%s\",\"ok\":%b,\"at\":%d,\"attempt\":%d}%n",
            group, message.getMsgId(), ok, System.currentTimeMillis(), message.getReconsumeTimes()));
      }
      writer.flush();
    } catch (IOException failure) {
      System.err.println(failure);
    }
  }
}
