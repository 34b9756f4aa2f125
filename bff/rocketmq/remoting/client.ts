import { RocketMQError } from "../errors.ts";
import { orAborted } from "./abort.ts";
import type { RemotingCommand, RemotingRequest } from "./command.ts";
import { Connection, type RequestHandler } from "./connection.ts";
import type { Credentials } from "./signing.ts";
import { AllowedNetworks } from "./networks.ts";
import { openSocket, speaksTls, type TlsOptions } from "./socket.ts";

export interface RemotingClientOptions {
  /** Deadline of a call that names none. Default 5000. */
  timeoutMs?: number;
  /** Default 3000. */
  connectTimeoutMs?: number;
  /** Calls to an address take its connections in turn. Default 1. */
  connectionsPerAddress?: number;
  /** Of all addresses together: for one more, the one that was idle the longest is closed. Default 1000. */
  maxConnections?: number;
  maxFrameLength?: number;
  tls?: TlsOptions;
  credentials?: Credentials;
  /** Where connections may lead. Default: everywhere but link-local and the like. */
  networks?: AllowedNetworks;
  /** Called when a connection was closed, whoever closed it. */
  onDisconnect?: (address: string) => void;
}

export interface InvokeOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** What a client did so far: an event for each answer or failure. */
export type CallObserver = (call: {
  address: string;
  code: number;
  ms: number;
  responseCode?: number;
  error?: unknown;
}) => void;

interface Slot {
  connection?: Connection;
  connecting?: Promise<Connection>;
  failures: number;
  retryAt: number;
  lastError?: RocketMQError;
}

interface Place {
  slots: Slot[];
  usedAt: number;
}

// Servers close connections that were idle for 120 s; a request must not meet that moment.
const MAX_IDLE_MS = 110_000;
/** Longer than what the console itself asks every known broker now and then. */
const ALIVE_MS = 60_000;
/** How often addresses that nobody asks any more are looked for, as others are asked. */
const TIDY_MS = 10_000;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5000;

/** Connections by address: opened when needed, reopened with exponential back-off, shared by all callers. */
export class RemotingClient {
  readonly #options: RemotingClientOptions;
  readonly #timeoutMs: number;
  readonly #maxConnections: number;
  readonly #places = new Map<string, Place>();
  /** Those in a slot and those that are retired but still owe answers. */
  readonly #connections = new Set<Connection>();
  readonly #handlers = new Map<number, RequestHandler>();
  readonly #observers = new Set<CallObserver>();
  readonly #networks: AllowedNetworks;
  #opening = 0;
  #tidyAt = performance.now() + TIDY_MS;
  #turn = 0;
  #closed = false;

  constructor(options: RemotingClientOptions = {}) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#maxConnections = options.maxConnections ?? 1000;
    this.#networks = options.networks ?? new AllowedNetworks();
  }

  /** Sends a request and resolves with the answer whatever its response code. */
  invoke(address: string, request: RemotingRequest, options: InvokeOptions = {}): Promise<RemotingCommand> {
    const slot = this.#slot(address);
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    const ready = usable(slot);
    const answer = ready
      ? ready.invoke(request, timeoutMs, options.signal)
      : orAborted(this.#connect(address, slot), options.signal).then((connection) =>
          connection.invoke(request, timeoutMs, options.signal),
        );
    return this.#observers.size === 0 ? answer : this.#observed(address, request.code, answer);
  }

  /** Whether that address sent something over a connection that still stands, within the last minute. */
  isAlive(address: string): boolean {
    const connections = this.#places.get(address)?.slots.map(({ connection }) => connection) ?? [];
    return connections.some((connection) => connection?.usable === true && connection.silentMs < ALIVE_MS);
  }

  /** Sends a request that gets no answer; resolves once it is handed over and there is room for more. */
  async oneway(address: string, request: RemotingRequest): Promise<void> {
    const slot = this.#slot(address);
    const connection = usable(slot) ?? (await this.#connect(address, slot));
    await connection.oneway(request);
  }

  /** Registers what answers requests of that code from servers; others are answered "not supported". Returns its removal. */
  onRequest(code: number, handler: RequestHandler): () => void {
    this.#handlers.set(code, handler);
    return () => {
      if (this.#handlers.get(code) === handler) this.#handlers.delete(code);
    };
  }

  /** Calls back after each answer or failure, for metrics. Returns its removal. */
  observe(observer: CallObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Closes every connection; what is in flight is rejected with CONNECTION_LOST. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.close();
    this.#places.clear();
  }

  #slot(address: string): Slot {
    const now = performance.now();
    if (now >= this.#tidyAt) this.#tidy(now);
    let place = this.#places.get(address);
    if (!place) {
      const count = this.#options.connectionsPerAddress ?? 1;
      place = { slots: Array.from({ length: count }, () => ({ failures: 0, retryAt: 0 })), usedAt: now };
      this.#places.set(address, place);
    }
    place.usedAt = now;
    const slot = place.slots[this.#turn++ % place.slots.length];
    if (!slot) throw new RocketMQError("CONNECT_FAILED", "connectionsPerAddress must be at least 1", { address });
    return slot;
  }

  /** Forgets addresses that nobody asked for so long that their connections are of no more use: brokers move, and name servers may tell new ones each time. */
  #tidy(now: number): void {
    this.#tidyAt = now + TIDY_MS;
    for (const [address, { slots, usedAt }] of this.#places) {
      if (now - usedAt < MAX_IDLE_MS || slots.some(isBusy)) continue;
      for (const { connection } of slots) connection?.close();
      this.#places.delete(address);
    }
  }

  /** Whether one more connection may be opened, for which the one that was idle the longest goes. */
  #makesRoom(): boolean {
    if (this.#connections.size + this.#opening < this.#maxConnections) return true;
    let idlest: Connection | undefined;
    for (const connection of this.#connections)
      if (connection.idle && (!idlest || connection.idleMs > idlest.idleMs)) idlest = connection;
    if (!idlest) return false;
    idlest.close();
    this.#connections.delete(idlest);
    return true;
  }

  #connect(address: string, slot: Slot): Promise<Connection> {
    if (this.#closed) return Promise.reject(new RocketMQError("CONNECT_FAILED", "The client is closed", { address }));
    if (slot.connecting) return slot.connecting;
    if (slot.lastError && performance.now() < slot.retryAt) return Promise.reject(slot.lastError);
    if (!this.#makesRoom()) {
      const why = `all ${this.#maxConnections} connections of this client are busy`;
      return Promise.reject(new RocketMQError("NOT_REACHED", `${address} was not reached: ${why}`, { address }));
    }
    slot.connecting = this.#open(address, slot).finally(() => (slot.connecting = undefined));
    return slot.connecting;
  }

  async #open(address: string, slot: Slot): Promise<Connection> {
    const { tls, maxFrameLength, credentials, connectTimeoutMs: timeoutMs = 3000 } = this.#options;
    const networks = this.#networks;
    this.#opening++;
    try {
      const socket = await openSocket(address, { timeoutMs, networks, tls });
      const connection = new Connection(address, socket, {
        maxFrameLength,
        credentials,
        handlers: this.#handlers,
        diagnoseSilentClose: tls ? undefined : () => diagnoseSilentClose(address, { timeoutMs, networks }),
        onClose: () => {
          this.#connections.delete(connection);
          if (slot.connection === connection) slot.connection = undefined;
          this.#options.onDisconnect?.(address);
        },
      });
      this.#connections.add(connection);
      slot.failures = 0;
      slot.lastError = undefined;
      if (this.#closed) connection.close();
      else slot.connection = connection;
      return connection;
    } catch (error) {
      slot.lastError = error as RocketMQError;
      slot.retryAt = performance.now() + Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** slot.failures++);
      throw error;
    } finally {
      this.#opening--;
    }
  }

  async #observed(address: string, code: number, answer: Promise<RemotingCommand>): Promise<RemotingCommand> {
    const startedAt = performance.now();
    try {
      const command = await answer;
      for (const observer of this.#observers)
        observer({ address, code, ms: performance.now() - startedAt, responseCode: command.code });
      return command;
    } catch (error) {
      for (const observer of this.#observers) observer({ address, code, ms: performance.now() - startedAt, error });
      throw error;
    }
  }
}

const isBusy = ({ connection, connecting }: Slot): boolean =>
  connecting !== undefined || (connection !== undefined && connection.idleMs < MAX_IDLE_MS);

function usable(slot: Slot): Connection | undefined {
  const connection = slot.connection;
  if (!connection?.usable) return undefined;
  if (connection.idleMs < MAX_IDLE_MS) return connection;
  connection.retire();
  return undefined;
}

async function diagnoseSilentClose(
  address: string,
  options: { timeoutMs: number; networks: AllowedNetworks },
): Promise<RocketMQError | undefined> {
  if (!(await speaksTls(address, options))) return undefined;
  return new RocketMQError("TLS_REQUIRED", `${address} takes TLS connections only`, { address });
}
