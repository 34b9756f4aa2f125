package io.rocketdeck.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.remoting.protocol.body.ClusterInfo;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/** Creates the shop's topics, with their message types, and its groups on every master. */
final class Catalogue {
  static final int FAILING_RETRIES = 2;

  private final Options options;

  Catalogue(Options options) {
    this.options = options;
  }

  void create() throws Exception {
    DefaultMQAdminExt admin = new DefaultMQAdminExt(options.hook());
    admin.setNamesrvAddr(options.namesrv());
    admin.setInstanceName("workload-admin");
    admin.start();
    try {
      for (String master : masters(admin.examineBrokerClusterInfo())) {
        for (TopicConfig topic : topics()) {
          admin.createAndUpdateTopicConfig(master, topic);
        }
        for (SubscriptionGroupConfig group : groups()) {
          admin.createAndUpdateSubscriptionGroupConfig(master, group);
        }
      }
    } finally {
      admin.shutdown();
    }
  }

  private List<String> masters(ClusterInfo info) {
    List<String> masters = new ArrayList<>();
    for (BrokerData broker : info.getBrokerAddrTable().values()) {
      String master = broker.getBrokerAddrs().get(0L);
      if (master != null && broker.getCluster().equals(options.cluster())) {
        masters.add(master);
      }
    }
    return masters;
  }

  private static List<TopicConfig> topics() {
    return List.of(
        topic(Names.ORDERS, 8, "NORMAL"),
        topic(Names.ORDER_STATUS, 4, "FIFO"),
        topic(Names.PAYMENTS, 4, "TRANSACTION"),
        topic(Names.REMINDERS, 4, "DELAY"),
        topic(Names.SHIPMENTS, 4, "NORMAL"),
        topic(Names.PRICES, 2, "NORMAL"),
        topic(Names.ACTIVITY, 4, "NORMAL"),
        topic(Names.INVOICES, 4, "NORMAL"));
  }

  private static TopicConfig topic(String name, int queues, String type) {
    TopicConfig config = new TopicConfig(name, queues, queues);
    config.setAttributes(Map.of("+message.type", type));
    return config;
  }

  private static List<SubscriptionGroupConfig> groups() {
    SubscriptionGroupConfig projector = group(Names.STATUS_PROJECTOR);
    projector.setConsumeMessageOrderly(true);
    SubscriptionGroupConfig notifier = group(Names.SHIPMENT_NOTIFIER);
    notifier.setRetryMaxTimes(FAILING_RETRIES);
    return List.of(
        group(Names.ORDER_SERVICE),
        projector,
        group(Names.PAYMENT_SERVICE),
        group(Names.REMINDER_MAILER),
        notifier,
        group(Names.PRICE_CACHE),
        group(Names.ACTIVITY_LOADER),
        group(Names.AUDIT_TRAIL),
        group(Names.INVOICE_ARCHIVER));
  }

  private static SubscriptionGroupConfig group(String name) {
    SubscriptionGroupConfig config = new SubscriptionGroupConfig();
    config.setGroupName(name);
    return config;
  }
}
