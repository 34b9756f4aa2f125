import { api } from "../../api/api.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { consumerOf } from "./consumer.ts";
import { listConsumers } from "./consumers.ts";
import { lagOfGroup } from "./lag.ts";
import { listProducers, producerOf } from "./producers.ts";
import { SendingBook } from "./sending.ts";

export function onlineHandlers(deps: Deps) {
  const book = new SendingBook(deps);
  return {
    producers: api.online.producers.handler(({ input, signal }) => listProducers(askedBy(deps, signal), book, input)),
    producer: api.online.producer.handler(({ input, signal }) => producerOf(askedBy(deps, signal), input)),
    consumers: api.online.consumers.handler(({ input, signal }) => listConsumers(askedBy(deps, signal), input)),
    consumer: api.online.consumer.handler(({ input, signal }) => consumerOf(askedBy(deps, signal), input)),
    lag: api.online.lag.handler(({ input, signal }) => lagOfGroup(askedBy(deps, signal), input)),
  };
}
