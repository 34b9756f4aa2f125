package io.rocketdeck.workload;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.client.producer.selector.SelectMessageQueueByHash;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** The shop's producers: normal, ordered, delayed, timed and transactional, all with message trace. */
final class Producers implements AutoCloseable {
  private static final int DELAY_LEVEL_10S = 3;
  private static final long TIMED_AFTER_MS = 20_000;

  private final Options options;
  private final Shop shop;
  private final DefaultMQProducer orders;
  private final DefaultMQProducer events;
  private final TransactionMQProducer payments;

  /** Something that sends one message. */
  interface Sender {
    void send() throws Exception;
  }

  Producers(Options options, Shop shop) throws MQClientException {
    this.options = options;
    this.shop = shop;
    orders = start(new DefaultMQProducer("shop-front", options.hook()), "shop-front");
    events = start(new DefaultMQProducer("event-collector", options.hook()), "event-collector");
    TransactionMQProducer transactional = new TransactionMQProducer("payment-gateway", options.hook());
    transactional.setTransactionListener(new PaymentLedger());
    payments = start(transactional, "payment-gateway");
  }

  private <P extends DefaultMQProducer> P start(P producer, String instance) throws MQClientException {
    producer.setNamesrvAddr(options.namesrv());
    producer.setClientIP(Options.CLIENT_IP);
    producer.setInstanceName(instance);
    producer.setEnableTrace(true);
    producer.setSendMsgTimeout(5_000);
    producer.start();
    return producer;
  }

  /** Every kind of message, as often as a shop would send it. */
  List<Sender> senders() {
    return List.of(
        this::sendOrder, this::sendActivity, this::sendStatus, this::sendOrder, this::sendActivity, this::sendPayment,
        this::sendStatus, this::sendShipment, this::sendActivity, this::sendPrice, this::sendOrder, this::sendDelayed,
        this::sendStatus, this::sendActivity, this::sendTimed, this::sendShipment);
  }

  private void sendOrder() throws Exception {
    orders.send(message(Names.ORDERS, shop.order()));
  }

  private void sendShipment() throws Exception {
    orders.send(message(Names.SHIPMENTS, shop.shipment()));
  }

  private void sendStatus() throws Exception {
    Shop.Event status = shop.status();
    orders.send(message(Names.ORDER_STATUS, status), new SelectMessageQueueByHash(), status.key());
  }

  private void sendActivity() throws Exception {
    events.send(message(Names.ACTIVITY, shop.activity()));
  }

  private void sendPrice() throws Exception {
    events.send(message(Names.PRICES, shop.price()));
  }

  private void sendDelayed() throws Exception {
    Message reminder = message(Names.REMINDERS, shop.reminder("SMS"));
    reminder.setDelayTimeLevel(DELAY_LEVEL_10S);
    orders.send(reminder);
  }

  private void sendTimed() throws Exception {
    Message reminder = message(Names.REMINDERS, shop.reminder("MAIL"));
    reminder.setDeliverTimeMs(System.currentTimeMillis() + TIMED_AFTER_MS);
    orders.send(reminder);
  }

  private void sendPayment() throws Exception {
    payments.sendMessageInTransaction(message(Names.PAYMENTS, shop.payment()), null);
  }

  private static Message message(String topic, Shop.Event event) {
    return new Message(topic, event.tag(), event.key(), event.body().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    orders.shutdown();
    events.shutdown();
    payments.shutdown();
  }

  /** Most payments are settled at once, some fail, some are known only when the broker asks. */
  private static final class PaymentLedger implements TransactionListener {
    @Override
    public LocalTransactionState executeLocalTransaction(Message message, Object arg) {
      if (Shop.chance(10)) {
        return LocalTransactionState.UNKNOW;
      }
      return Shop.chance(10) ? LocalTransactionState.ROLLBACK_MESSAGE : LocalTransactionState.COMMIT_MESSAGE;
    }

    @Override
    public LocalTransactionState checkLocalTransaction(MessageExt message) {
      return LocalTransactionState.COMMIT_MESSAGE;
    }
  }
}
