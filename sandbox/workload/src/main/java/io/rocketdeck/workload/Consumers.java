package io.rocketdeck.workload;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;

/** The shop's push consumers, each with its own client id. */
final class Consumers implements AutoCloseable {
  private static final int RETRY_LEVEL_5S = 2;
  private static final long SLOW_MS = 1_500;

  private static final MessageListenerConcurrently ACCEPT = (messages, context) -> ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
  private static final MessageListenerOrderly ACCEPT_IN_ORDER = (messages, context) -> ConsumeOrderlyStatus.SUCCESS;

  private final Options options;
  private final ConsumeLog log;
  private final List<DefaultMQPushConsumer> started = new ArrayList<>();

  Consumers(Options options) throws IOException {
    this.options = options;
    this.log = new ConsumeLog(options.log());
  }

  void start() throws MQClientException {
    clustering(Names.ORDER_SERVICE, 1, Map.of(Names.ORDERS, "*"), ACCEPT);
    clustering(Names.ORDER_SERVICE, 2, Map.of(Names.ORDERS, "*"), ACCEPT);
    clustering(Names.PAYMENT_SERVICE, 1, Map.of(Names.PAYMENTS, "*"), ACCEPT);
    clustering(Names.REMINDER_MAILER, 1, Map.of(Names.REMINDERS, "SMS || MAIL"), ACCEPT);
    orderly();
    broadcasting(1);
    broadcasting(2);
    failing();
    slow();
    clustering(Names.AUDIT_TRAIL, 1, Map.of(Names.ORDERS, "CREATED"), ACCEPT);
    clustering(Names.AUDIT_TRAIL, 2, Map.of(Names.ORDERS, "CANCELLED", Names.PAYMENTS, "*"), ACCEPT);
  }

  private void clustering(String group, int instance, Map<String, String> topics, MessageListenerConcurrently listener)
      throws MQClientException {
    DefaultMQPushConsumer consumer = create(group, instance);
    for (Map.Entry<String, String> topic : topics.entrySet()) {
      consumer.subscribe(topic.getKey(), topic.getValue());
    }
    consumer.registerMessageListener(log.of(group, listener));
    start(consumer);
  }

  private void orderly() throws MQClientException {
    DefaultMQPushConsumer consumer = create(Names.STATUS_PROJECTOR, 1);
    consumer.subscribe(Names.ORDER_STATUS, "*");
    consumer.registerMessageListener(log.inOrder(Names.STATUS_PROJECTOR, ACCEPT_IN_ORDER));
    start(consumer);
  }

  private void broadcasting(int instance) throws MQClientException {
    DefaultMQPushConsumer consumer = create(Names.PRICE_CACHE, instance);
    consumer.setMessageModel(MessageModel.BROADCASTING);
    consumer.subscribe(Names.PRICES, "*");
    consumer.registerMessageListener(ACCEPT);
    start(consumer);
  }

  private void failing() throws MQClientException {
    DefaultMQPushConsumer consumer = create(Names.SHIPMENT_NOTIFIER, 1);
    consumer.setMaxReconsumeTimes(Catalogue.FAILING_RETRIES);
    consumer.subscribe(Names.SHIPMENTS, "*");
    consumer.registerMessageListener(log.of(Names.SHIPMENT_NOTIFIER, (messages, context) -> {
      if (messages.stream().allMatch(Consumers::isDeliverable)) {
        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
      }
      context.setDelayLevelWhenNextConsume(RETRY_LEVEL_5S);
      return ConsumeConcurrentlyStatus.RECONSUME_LATER;
    }));
    start(consumer);
  }

  private static boolean isDeliverable(MessageExt message) {
    return !new String(message.getBody(), StandardCharsets.UTF_8).contains("\"addressValid\":false");
  }

  private void slow() throws MQClientException {
    DefaultMQPushConsumer consumer = create(Names.ACTIVITY_LOADER, 1);
    consumer.setConsumeThreadMin(1);
    consumer.setConsumeThreadMax(1);
    consumer.setPullThresholdForQueue(64);
    consumer.subscribe(Names.ACTIVITY, "*");
    consumer.registerMessageListener(log.of(Names.ACTIVITY_LOADER, (messages, context) -> {
      try {
        Thread.sleep(SLOW_MS);
        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return ConsumeConcurrentlyStatus.RECONSUME_LATER;
      }
    }));
    start(consumer);
  }

  private DefaultMQPushConsumer create(String group, int instance) {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group, options.hook());
    consumer.setNamesrvAddr(options.namesrv());
    consumer.setClientIP(Options.CLIENT_IP);
    consumer.setInstanceName(group + "-" + instance);
    consumer.setConsumeThreadMin(2);
    consumer.setConsumeThreadMax(2);
    // A single one would wait for itself until the call times out: it makes calls, and their answers come through it.
    consumer.setClientCallbackExecutorThreads(4);
    consumer.setEnableTrace(instance == 1);
    return consumer;
  }

  private void start(DefaultMQPushConsumer consumer) throws MQClientException {
    consumer.start();
    started.add(consumer);
  }

  @Override
  public void close() {
    started.forEach(DefaultMQPushConsumer::shutdown);
  }
}
