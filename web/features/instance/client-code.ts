import type { Instance } from "#contract/instance.ts";

export const CLIENTS = ["producer", "consumer"] as const;
export type Client = (typeof CLIENTS)[number];

type Reached = Pick<Instance, "namesrvAddrs" | "accessKey" | "tls">;

const java = (text: string) => JSON.stringify(text);

/** Java of the official remoting client (rocketmq-client, with rocketmq-acl where there is an access key) that reaches an instance; its secret key is left to be filled in. */
export function clientCode(client: Client, { namesrvAddrs, accessKey, tls }: Reached): string {
  const hook =
    accessKey === null ? "" : `new AclClientRPCHook(new SessionCredentials(${java(accessKey)}, "<secret key>"))`;
  const [name, type, rest] =
    client === "producer"
      ? (["producer", "DefaultMQProducer", hook && `, ${hook}`] as const)
      : (["consumer", "DefaultMQPushConsumer", hook && `, ${hook}, new AllocateMessageQueueAveragely()`] as const);
  const begin = [
    `${type} ${name} = new ${type}("my-${name}s"${rest});`,
    `${name}.setNamesrvAddr(${java(namesrvAddrs.join(";"))});`,
    ...(tls ? [`${name}.setUseTLS(true);`] : []),
  ];
  const work =
    client === "producer"
      ? [
          "producer.start();",
          'System.out.println(producer.send(new Message("my-topic", "hello".getBytes(StandardCharsets.UTF_8))));',
          "producer.shutdown();",
        ]
      : [
          "consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);",
          'consumer.subscribe("my-topic", "*");',
          "consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {",
          "    messages.forEach(message -> System.out.println(new String(message.getBody(), StandardCharsets.UTF_8)));",
          "    return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;",
          "});",
          "consumer.start();",
        ];
  return [...begin, ...work].join("\n");
}
