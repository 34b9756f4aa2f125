import { asRocketMQError, noNamesrv, RocketMQError } from "../errors.ts";
import { orAborted } from "../remoting/abort.ts";
import { RemotingClient, type CallObserver, type RemotingClientOptions } from "../remoting/client.ts";
import type { Credentials } from "../remoting/signing.ts";
import type { TlsOptions } from "../remoting/socket.ts";
import { responseError } from "../response-code.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { namesrvRpc, type ClusterInfo, type TopicRouteData } from "../rpc/namesrv.ts";
import { LargeReplies } from "../rpc/large-replies.ts";
import { encodeHeader, readResponse, type HeaderOf, type Rpc } from "../rpc/rpc.ts";
import type { Fields } from "../codec/shape.ts";
import { Cached } from "./cached.ts";
import { Capabilities, REQUEST_CODE_NOT_SUPPORTED, type Capability } from "./capabilities.ts";
import { fanOut, type FanOut, type FanOutFailure, type FanOutOptions, type Target } from "./fan-out.ts";
import { noMaster } from "./replicas.ts";
import { brokerGroup, brokerTarget, type BrokerGroup, type BrokerTarget } from "./targets.ts";
import { brokerGone, SeenBrokers, type SeenBroker } from "./seen-brokers.ts";
import { Turns } from "./turns.ts";

export interface RocketMQClusterOptions {
  /** `host:port` of each name server, tried in turn. */
  namesrvAddrs: readonly string[];
  /** Of several clusters behind the name servers, the one that counts; all of them when left out. */
  clusterName?: string;
  credentials?: Credentials;
  tls?: TlsOptions;
  /** Deadline of a call. Default 5000. */
  timeoutMs?: number;
  remoting?: Omit<RemotingClientOptions, "credentials" | "tls" | "timeoutMs">;
}

export interface CallOptions<B = never> {
  body?: B;
  timeoutMs?: number;
  signal?: AbortSignal;
}

const CLUSTER_TTL_MS = 5000;
const ROUTE_TTL_MS = 30_000;
const ROUTE_STALE_MS = 300_000;
const MAX_ROUTES = 20_000;
// Servers send tables of any size whole, though they take frames of 16 MiB at most: room for some 250,000 topics.
const MAX_TABLE_LENGTH = 67_108_864;
const SUCCESS = 0;

interface ReadOptions {
  fresh?: boolean;
  /** Ends the wait; what is read goes on for others who wait for it. */
  signal?: AbortSignal;
}

interface MastersOptions extends ReadOptions {
  /** Leaves out the failures of masters that vanished: for writes, whose plans warned of them, and for what compares two readings. */
  listedOnly?: boolean;
}

/** What is one for all who ask a cluster. */
interface Shared {
  remoting: RemotingClient;
  turns: Turns;
  large: LargeReplies;
  clusterInfo: Cached<ClusterInfo>;
  routes: Map<string, Cached<TopicRouteData>>;
  capabilities: Capabilities;
  seen: SeenBrokers;
  /** The name server that answered last. */
  goodNamesrv: number;
}

/** A RocketMQ cluster: name servers in turn, its brokers, routes, and calls to each of them. */
export class RocketMQCluster {
  readonly namesrvAddrs: readonly string[];
  readonly clusterName?: string;
  readonly remoting: RemotingClient;
  readonly turns: Turns;
  /** The cluster itself, where this is how one caller sees it. */
  readonly base: RocketMQCluster;
  /** Ends what is asked without a signal of its own. */
  readonly signal?: AbortSignal;
  readonly #options: RocketMQClusterOptions;
  readonly #shared: Shared;

  constructor(options: RocketMQClusterOptions, view?: { base: RocketMQCluster; signal: AbortSignal }) {
    this.#options = options;
    this.namesrvAddrs = options.namesrvAddrs;
    this.clusterName = options.clusterName;
    this.base = view?.base ?? this;
    this.signal = view?.signal;
    this.#shared = view === undefined ? this.#open() : view.base.#shared;
    this.remoting = this.#shared.remoting;
    this.turns = this.#shared.turns;
  }

  #open(): Shared {
    const { credentials, tls, timeoutMs, remoting } = this.#options;
    const capabilities = new Capabilities();
    const onDisconnect = (addr: string) => capabilities.forget(addr);
    const options = { maxFrameLength: MAX_TABLE_LENGTH, ...remoting, credentials, tls, timeoutMs, onDisconnect };
    return {
      remoting: new RemotingClient(options),
      turns: new Turns(),
      large: new LargeReplies(),
      clusterInfo: new Cached(() => this.#readClusterInfo(), CLUSTER_TTL_MS),
      routes: new Map(),
      capabilities,
      seen: new SeenBrokers(),
      goodNamesrv: 0,
    };
  }

  /** This cluster as one caller sees it: what they ask ends when they leave, what is read for others too goes on. */
  until(signal: AbortSignal | undefined): RocketMQCluster {
    return signal === undefined ? this : new RocketMQCluster(this.#options, { base: this.base, signal });
  }

  /** Calls one server and returns the decoded answer. Throws RocketMQError on failure and on any code that the row does not accept. */
  async call<H extends Fields, T, B = never>(
    row: Rpc<H, T, B>,
    addr: string,
    header: HeaderOf<H>,
    options: CallOptions<B> = {},
  ): Promise<T> {
    const { capabilities, large } = this.#shared;
    if (capabilities.refuses(addr, row.code))
      throw responseError(addr, REQUEST_CODE_NOT_SUPPORTED, `request type ${row.code} not supported`);
    const body = row.body && options.body !== undefined ? row.body(options.body) : undefined;
    const signal = options.signal ?? this.signal;
    const answer = await this.remoting.invoke(
      addr,
      { code: row.code, extFields: encodeHeader(row, header), body },
      { timeoutMs: options.timeoutMs, signal },
    );
    if (!row.relayed) capabilities.answered(addr, row.code, answer);
    if (answer.code !== SUCCESS && !row.accept?.includes(answer.code))
      throw responseError(addr, answer.code, answer.remark);
    try {
      return await readResponse(row, answer, { addr, signal, large });
    } catch (error) {
      throw error instanceof RocketMQError && !error.address
        ? new RocketMQError(error.code, `${addr}: ${error.message}`, { address: addr, cause: error })
        : error;
    }
  }

  /** Whether a broker can do something. One that was not heard of yet is asked; rejects where it does not tell, for then nobody knows. */
  async can(addr: string, capability: Capability): Promise<boolean> {
    const { capabilities } = this.#shared;
    const known = capabilities.can(addr, capability);
    if (known !== undefined) return known;
    let error = new RocketMQError("MALFORMED_RESPONSE", `${addr} tells no version`, { address: addr });
    try {
      await this.call(brokerRpc.getBrokerRuntimeInfo, addr, {});
    } catch (cause) {
      // A refusal tells the version too.
      error = asRocketMQError(cause, addr);
    }
    const told = capabilities.can(addr, capability);
    if (told === undefined) throw error;
    return told;
  }

  /** Asks the name servers in turn, the one that answered last first. Throws what `noNamesrv` makes of their failures. */
  async callNamesrv<H extends Fields, T, B = never>(
    row: Rpc<H, T, B>,
    header: HeaderOf<H>,
    options: CallOptions<B> = {},
  ): Promise<T> {
    const errors: RocketMQError[] = [];
    const first = this.#shared.goodNamesrv;
    for (let turn = 0; turn < this.namesrvAddrs.length; turn++) {
      const index = (first + turn) % this.namesrvAddrs.length;
      const addr = this.namesrvAddrs[index];
      if (addr === undefined) continue;
      try {
        const value = await this.call(row, addr, header, options);
        this.#shared.goodNamesrv = index;
        return value;
      } catch (caught) {
        const error = asRocketMQError(caught, addr);
        // An answer is an answer: another name server would say the same.
        if (error.responseCode !== undefined) {
          this.#shared.goodNamesrv = index;
          throw error;
        }
        errors.push(error);
      }
    }
    throw noNamesrv(errors);
  }

  /** Asks every name server. */
  callAllNamesrvs<H extends Fields, T, B = never>(
    row: Rpc<H, T, B>,
    header: HeaderOf<H>,
    options: CallOptions<B> = {},
  ): Promise<FanOut<Target, T>> {
    const targets = this.namesrvAddrs.map((addr) => ({ name: addr, addr }));
    return this.fanOut(targets, ({ addr }) => this.call(row, addr, header, options), { signal: options.signal });
  }

  /** All that the name servers know of clusters and brokers; at most 5 s old. */
  clusterInfo(options: ReadOptions = {}): Promise<ClusterInfo> {
    return orAborted(this.#shared.clusterInfo.get(options.fresh), options.signal ?? this.signal);
  }

  /** What an earlier run of the console saw of this cluster. */
  remember(brokers: readonly SeenBroker[]): void {
    this.#shared.seen.remember(brokers);
  }

  /** Masters and slaves that were listed in the last three days and are not any more: what they have is out of reach and may come back. */
  async gone(options: ReadOptions = {}): Promise<SeenBroker[]> {
    await this.clusterInfo(options);
    return this.#shared.seen.gone(Date.now());
  }

  /** The brokers of the chosen cluster, by name. Throws NO_CLUSTER when it is not registered. */
  async brokers(options: ReadOptions = {}): Promise<BrokerGroup[]> {
    const info = await this.clusterInfo(options);
    const groups = this.#groupsOf(info);
    if (groups.length === 0) {
      const known = [...info.clusterAddrTable.keys()].join(", ") || "none";
      const wanted = this.clusterName === undefined ? "any cluster" : `cluster ${this.clusterName}`;
      throw new RocketMQError("NO_CLUSTER", `No broker of ${wanted} is registered; clusters known: ${known}`);
    }
    return groups.sort((a, b) => (a.brokerName < b.brokerName ? -1 : 1));
  }

  /** The masters of the chosen cluster; broker names without one are failures (NO_MASTER), and so are those that vanished (BROKER_GONE). */
  async masters(options: MastersOptions = {}): Promise<{ targets: BrokerTarget[]; failures: FanOutFailure[] }> {
    const targets: BrokerTarget[] = [];
    const failures: FanOutFailure[] = [];
    const groups = await this.brokers(options);
    for (const group of groups) {
      const master = group.replicas.find((replica) => replica.role === "master");
      if (master) targets.push(brokerTarget(group, master));
      else failures.push({ target: group.brokerName, error: noMaster(group.brokerName) });
    }
    if (options.listedOnly !== true) failures.push(...this.#goneBeside(groups));
    return { targets, failures };
  }

  /** Broker names that vanished whole, master and slaves, as failures of whoever would have asked them. */
  async goneMasters(options: ReadOptions = {}): Promise<FanOutFailure[]> {
    return this.#goneBeside(this.#groupsOf(await this.clusterInfo(options)));
  }

  #goneBeside(listed: readonly BrokerGroup[]): FanOutFailure[] {
    const named = new Set(listed.map(({ brokerName }) => brokerName));
    return this.#shared.seen
      .gone(Date.now())
      .filter(({ target }) => target.role === "master" && !named.has(target.brokerName))
      .map(({ target }) => ({ target: target.name, error: brokerGone(target) }));
  }

  /** Every master and slave of the chosen cluster. */
  async replicas(options: ReadOptions = {}): Promise<BrokerTarget[]> {
    return (await this.brokers(options)).flatMap((group) =>
      group.replicas.map((replica) => brokerTarget(group, replica)),
    );
  }

  /** Asks every master of the chosen cluster, or those named. */
  async onMasters<V>(
    ask: (target: BrokerTarget) => Promise<V>,
    options: FanOutOptions & { brokerNames?: readonly string[]; listedOnly?: boolean } = {},
  ): Promise<FanOut<BrokerTarget, V>> {
    const { targets, failures } = await this.masters({ listedOnly: options.listedOnly, signal: options.signal });
    const chosen = (name: string): boolean => options.brokerNames?.includes(name) ?? true;
    const asked = await this.fanOut(
      targets.filter((target) => chosen(target.brokerName)),
      ask,
      options,
    );
    const known = new Set([...targets.map((target) => target.name), ...failures.map((failure) => failure.target)]);
    const missing = (options.brokerNames ?? []).filter((name) => !known.has(name));
    const absent = missing.map((name) => ({ target: name, error: noMaster(name) }));
    return {
      items: asked.items,
      failures: [...asked.failures, ...failures.filter((failure) => chosen(failure.target)), ...absent],
    };
  }

  /** Queues and brokers of a topic: at most 30 s old, or up to 5 min while it is read again. Throws TOPIC_NOT_EXIST. */
  route(topic: string, options: ReadOptions = {}): Promise<TopicRouteData> {
    let cached = this.#shared.routes.get(topic);
    if (!cached) {
      cached = new Cached(() => this.base.#readRoute(topic), ROUTE_TTL_MS, ROUTE_STALE_MS);
      if (this.#shared.routes.size >= MAX_ROUTES) this.#forgetOldestRoute();
      this.#shared.routes.set(topic, cached);
    }
    return orAborted(cached.get(options.fresh), options.signal ?? this.signal);
  }

  /** What is cached of a topic's route is out of date. */
  forgetRoute(topic: string): void {
    this.#shared.routes.delete(topic);
  }

  /** Asks targets with bounded concurrency. */
  fanOut<T extends Target, V>(
    targets: readonly T[],
    ask: (target: T) => Promise<V>,
    options?: FanOutOptions,
  ): Promise<FanOut<T, V>> {
    const isAlive = (addr: string) => this.remoting.isAlive(addr);
    return fanOut(targets, ask, { signal: this.signal, isAlive, ...options });
  }

  /** Calls back after each answer or failure, for metrics. Returns its removal. */
  observe(observer: CallObserver): () => void {
    return this.remoting.observe(observer);
  }

  /** Closes every connection. */
  close(): void {
    this.remoting.close();
  }

  async #readClusterInfo(): Promise<ClusterInfo> {
    const info = await this.callNamesrv(namesrvRpc.getBrokerClusterInfo, {});
    const groups = this.#groupsOf(info);
    this.#shared.seen.list(
      groups.flatMap((group) => group.replicas.map((replica) => brokerTarget(group, replica))),
      Date.now(),
    );
    return info;
  }

  #groupsOf(info: ClusterInfo): BrokerGroup[] {
    return [...info.brokerAddrTable.values()]
      .map(brokerGroup)
      .filter((group) => this.clusterName === undefined || group.cluster === this.clusterName);
  }

  async #readRoute(topic: string): Promise<TopicRouteData> {
    try {
      const header = { topic, acceptStandardJsonOnly: true };
      return await this.#withoutActing(await this.callNamesrv(namesrvRpc.getRouteInfoByTopic, header));
    } catch (error) {
      if (error instanceof RocketMQError && error.code === "TOPIC_NOT_EXIST") this.#shared.routes.delete(topic);
      throw error;
    }
  }

  /** Name servers may tell a slave that acts as master under the master's id (5.x, `supportActingMaster`): it takes no writes, and has what it copied. */
  async #withoutActing(route: TopicRouteData): Promise<TopicRouteData> {
    if (!route.brokerDatas.some(({ enableActingMaster }) => enableActingMaster)) return route;
    const { brokerAddrTable } = await this.clusterInfo({ fresh: true });
    const brokerDatas = route.brokerDatas.map((data) => {
      const listed = brokerAddrTable.get(data.brokerName)?.brokerAddrs;
      const acting = data.brokerAddrs.get(0);
      const slave = [...(listed ?? [])].find(([, addr]) => addr === acting);
      if (slave === undefined || listed?.has(0) === true) return data;
      return { ...data, brokerAddrs: new Map([...data.brokerAddrs].filter(([id]) => id !== 0)).set(...slave) };
    });
    return { ...route, brokerDatas };
  }

  #forgetOldestRoute(): void {
    for (const topic of this.#shared.routes.keys()) {
      this.#shared.routes.delete(topic);
      return;
    }
  }
}
