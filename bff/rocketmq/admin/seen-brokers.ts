import { RocketMQError } from "../errors.ts";
import type { BrokerTarget } from "./cluster.ts";

/** After this long, more than a weekend, a broker that is not listed any more was taken out on purpose. */
const GONE_MS = 3 * 86_400_000;

/** A broker, and when a name server last listed it: one that was killed vanishes from there at once. */
export interface SeenBroker {
  target: BrokerTarget;
  listedAt: number;
}

export const brokerKey = ({ brokerName, brokerId }: BrokerTarget): string => `${brokerName}:${brokerId}`;

/** Brokers that were listed within three days and are not now: gone, unless they came back under another address or id. */
export function goneOf(seen: readonly SeenBroker[], listed: readonly BrokerTarget[], at: number): SeenBroker[] {
  const known = new Set(listed.flatMap((target) => [target.addr, brokerKey(target)]));
  return seen.filter(
    ({ target, listedAt }) => !known.has(target.addr) && !known.has(brokerKey(target)) && at - listedAt < GONE_MS,
  );
}

export const brokerGone = ({ name, addr }: BrokerTarget): RocketMQError =>
  new RocketMQError("BROKER_GONE", `No name server lists ${name} any more`, { address: addr });

/** The brokers of a cluster as they were last listed: only who knew one that vanished can miss it. */
export class SeenBrokers {
  #seen: readonly SeenBroker[] = [];
  #listed: readonly BrokerTarget[] = [];

  /** Adds what an earlier run of the console saw. */
  remember(brokers: readonly SeenBroker[]): void {
    const known = new Set(this.#seen.map(({ target }) => brokerKey(target)));
    this.#seen = [...this.#seen, ...brokers.filter(({ target }) => !known.has(brokerKey(target)))];
  }

  /** All that are listed now. */
  list(listed: readonly BrokerTarget[], at: number): void {
    this.#seen = [...listed.map((target) => ({ target, listedAt: at })), ...goneOf(this.#seen, listed, at)];
    this.#listed = listed;
  }

  /** Those that vanished, since the last listing. */
  gone(at: number): SeenBroker[] {
    return goneOf(this.#seen, this.#listed, at);
  }
}
