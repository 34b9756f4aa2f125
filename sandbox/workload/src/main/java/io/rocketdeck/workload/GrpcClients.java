package io.rocketdeck.workload;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientConfigurationBuilder;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.StaticSessionCredentialsProvider;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.producer.Producer;

/** One producer and one push consumer that reach the cluster through the proxy. */
final class GrpcClients implements AutoCloseable {
  private final ClientServiceProvider provider = ClientServiceProvider.loadService();
  private final Shop shop;
  private final Producer producer;
  private final PushConsumer consumer;

  GrpcClients(Options options, Shop shop) throws ClientException {
    this.shop = shop;
    ClientConfiguration configuration = configuration(options);
    producer = provider.newProducerBuilder().setClientConfiguration(configuration).setTopics(Names.INVOICES).build();
    consumer = provider.newPushConsumerBuilder()
        .setClientConfiguration(configuration)
        .setConsumerGroup(Names.INVOICE_ARCHIVER)
        .setSubscriptionExpressions(Collections.singletonMap(Names.INVOICES, FilterExpression.SUB_ALL))
        .setConsumptionThreadCount(2)
        .setMessageListener(message -> ConsumeResult.SUCCESS)
        .build();
  }

  private static ClientConfiguration configuration(Options options) {
    ClientConfigurationBuilder builder = ClientConfiguration.newBuilder().setEndpoints(options.grpc()).enableSsl(false);
    if (options.accessKey() != null) {
      builder.setCredentialProvider(new StaticSessionCredentialsProvider(options.accessKey(), options.secretKey()));
    }
    return builder.build();
  }

  void send() throws ClientException {
    Shop.Event invoice = shop.invoice();
    producer.send(provider.newMessageBuilder()
        .setTopic(Names.INVOICES)
        .setTag(invoice.tag())
        .setKeys(invoice.key())
        .setBody(invoice.body().getBytes(StandardCharsets.UTF_8))
        .build());
  }

  @Override
  public void close() throws Exception {
    consumer.close();
    producer.close();
  }
}
