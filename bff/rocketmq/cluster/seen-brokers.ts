import { RocketMQError } from "../errors.ts";
import type { BrokerTarget } from "./targets.ts";

/** After this long, more than a weekend, a broker that is not listed any more was taken out on purpose. */
const GONE_MS = 3 * 86_400_000;

/** A broker, and when a name server last listed it: one that was killed vanishes from there at once. */
export interface SeenBroker {
  target: BrokerTarget;
  listedAt: number;
}

export const brokerKey = ({ brokerName, brokerId }: BrokerTarget): string => `${brokerName}:${brokerId}`;

/** Brokers that were listed and are not now: gone, unless they came back under another address or id. */
function goneOf(seen: readonly SeenBroker[], listed: readonly BrokerTarget[]): SeenBroker[] {
  const known = new Set(listed.flatMap((target) => [target.addr, brokerKey(target)]));
  return seen.filter(({ target }) => !known.has(target.addr) && !known.has(brokerKey(target)));
}

const lately = (gone: readonly SeenBroker[], at: number) => gone.filter(({ listedAt }) => at - listedAt < GONE_MS);

export const brokerGone = ({ name, addr }: BrokerTarget): RocketMQError =>
  new RocketMQError("BROKER_GONE", `No name server lists ${name} any more`, { address: addr });

/** The brokers of a cluster as they were last listed: only who knew one that vanished can miss it. */
export class SeenBrokers {
  #seen: readonly SeenBroker[] = [];
  #listed: readonly BrokerTarget[] = [];
  #gone: readonly SeenBroker[] = [];

  /** Adds what an earlier run of the console saw. */
  remember(brokers: readonly SeenBroker[]): void {
    const known = new Set(this.#seen.map(({ target }) => brokerKey(target)));
    this.#seen = [...this.#seen, ...brokers.filter(({ target }) => !known.has(brokerKey(target)))];
    this.#gone = goneOf(this.#seen, this.#listed);
  }

  /** All that are listed now. */
  list(listed: readonly BrokerTarget[], at: number): void {
    this.#listed = listed;
    this.#gone = lately(goneOf(this.#seen, listed), at);
    this.#seen = [...listed.map((target) => ({ target, listedAt: at })), ...this.#gone];
  }

  /** Those that vanished, since the last listing. */
  gone(at: number): SeenBroker[] {
    return lately(this.#gone, at);
  }
}
