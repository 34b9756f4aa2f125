export const TRACING_CLIENTS = ["Java", "Go", "Python", "C++"] as const;
export type TracingClient = (typeof TRACING_CLIENTS)[number];

const quoted = (text: string) => JSON.stringify(text);

/**
 * What switches tracing on in clients that speak to brokers. Source: DefaultMQProducer.java, DefaultMQPushConsumer.java (4.4 and later);
 * producer/option.go, consumer/option.go of rocketmq-client-go; client.py of rocketmq-client-python; DefaultMQProducer.h of rocketmq-client-cpp.
 */
export function tracingCode(client: TracingClient, traceTopic: string): string {
  const topic = quoted(traceTopic);
  const lines: Record<TracingClient, string[]> = {
    Java: [
      `DefaultMQProducer producer = new DefaultMQProducer("my-producers", true, ${topic});`,
      `DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("my-consumers", true, ${topic});`,
    ],
    Go: [
      'servers := primitive.NewPassthroughResolver([]string{"namesrv:9876"})',
      `trace := &primitive.TraceConfig{Access: primitive.Local, TraceTopic: ${topic}, Resolver: servers}`,
      'rocketmq.NewProducer(producer.WithGroupName("my-producers"), producer.WithNsResolver(servers), producer.WithTrace(trace))',
      'rocketmq.NewPushConsumer(consumer.WithGroupName("my-consumers"), consumer.WithNsResolver(servers), consumer.WithTrace(trace))',
    ],
    Python: ["producer.set_message_trace(True)", "consumer.set_message_trace(True)"],
    "C++": ["producer.setMessageTrace(true);", "consumer.setMessageTrace(true);"],
  };
  return lines[client].join("\n");
}

/** Those that cannot be told a topic write to `rmq_sys_TRACE_DATA_<region>`. */
export const hasFixedTopic = (client: TracingClient): boolean => client === "Python" || client === "C++";
