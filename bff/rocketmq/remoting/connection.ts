import type { Socket } from "node:net";
import { RocketMQError } from "../errors.ts";
import { onAbort } from "./abort.ts";
import { ONEWAY_FLAG, RESPONSE_FLAG, type RemotingCommand, type RemotingRequest } from "./command.ts";
import { encodeFrame, FrameDecoder, requestHeader, responseHeader } from "./frame.ts";
import { signExtFields, type Credentials } from "./signing.ts";
import { connectionLost } from "./socket.ts";

/** Answer to a request of the server; nothing for one that wants none. */
export interface RequestReply {
  code: number;
  extFields?: Record<string, string>;
  body?: Buffer;
  remark?: string;
}
export type RequestHandler = (
  command: RemotingCommand,
  address: string,
) => RequestReply | undefined | Promise<RequestReply | undefined>;

export interface ConnectionOptions {
  maxFrameLength?: number;
  credentials?: Credentials;
  handlers: ReadonlyMap<number, RequestHandler>;
  /** Says why the server closed a connection on which it never answered; undefined when nothing more is known. */
  diagnoseSilentClose?: () => Promise<RocketMQError | undefined>;
  onClose: () => void;
}

interface Pending {
  code: number;
  sentAt: number;
  deadline: number;
  resolve: (command: RemotingCommand) => void;
  reject: (error: unknown) => void;
  release?: () => void;
}

const REQUEST_CODE_NOT_SUPPORTED = 3;
const SYSTEM_ERROR = 1;
const SYSTEM_BUSY = 2;
/** Bytes of answers that may wait for a server to read them. */
const ANSWERS_WAITING_MAX = 1_048_576;
/** Requests of a server that are served at the same time. */
const SERVING_MAX = 1024;
/** Frames nobody asked for that are taken in a second: to read them is all the work of a flood. */
const UNASKED_MAX = 5000;

/** One socket: requests in flight matched by opaque, each with a deadline; all that was written in a tick leaves at once. */
export class Connection {
  readonly address: string;
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #decoder: FrameDecoder;
  readonly #pending = new Map<number, Pending>();
  #drainWaiters: (() => void)[] = [];
  #opaque = 0;
  #corked = false;
  #closed = false;
  #retired = false;
  #answered = false;
  #closedHere = false;
  #lastReadAt = performance.now();
  #failure: RocketMQError | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  /** Answers that nobody waits for any more, since their requests were given up. */
  #owed = 0;
  #serving = 0;
  #answersWaiting = 0;
  #unasked = 0;
  #unaskedSince = 0;

  constructor(address: string, socket: Socket, options: ConnectionOptions) {
    this.address = address;
    this.#socket = socket;
    this.#options = options;
    this.#decoder = new FrameDecoder(options.maxFrameLength);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("drain", () => this.#releaseDrainWaiters());
    socket.on("error", (error) => this.#fail(connectionLost(address, error)));
    socket.on("close", () => void this.#onClose());
  }

  /** False once new requests must go over another connection. */
  get usable(): boolean {
    return !this.#closed && !this.#retired && !this.#socket.destroyed;
  }

  /** Milliseconds since the server last sent something, zero while it owes answers. */
  get idleMs(): number {
    return this.#pending.size > 0 ? 0 : performance.now() - this.#lastReadAt;
  }

  /** Whether it was used and owes nothing to anybody. */
  get idle(): boolean {
    return this.#opaque > 0 && this.#pending.size === 0;
  }

  /** Milliseconds since the server last sent something; Infinity while it has sent nothing. */
  get silentMs(): number {
    return this.#answered ? performance.now() - this.#lastReadAt : Infinity;
  }

  /** Sends a request and resolves with the answer, whatever its response code; rejects at the deadline, on abort and when the connection goes. */
  invoke(request: RemotingRequest, timeoutMs: number, signal?: AbortSignal): Promise<RemotingCommand> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#failure ?? connectionLost(this.address));
      if (signal?.aborted) return reject(signal.reason);
      const opaque = this.#nextOpaque();
      const sentAt = performance.now();
      const pending: Pending = { code: request.code, sentAt, deadline: sentAt + timeoutMs, resolve, reject };
      if (signal) pending.release = onAbort(signal, () => this.#giveUp(opaque)?.reject(signal.reason));
      this.#pending.set(opaque, pending);
      this.#arm(pending.deadline);
      this.#send(request, opaque, false);
    });
  }

  /** Sends a request that gets no answer; resolves once it is handed to the system and there is room for more. */
  async oneway(request: RemotingRequest): Promise<void> {
    if (this.#closed) throw this.#failure ?? connectionLost(this.address);
    this.#send(request, this.#nextOpaque(), true);
    if (this.#socket.writableNeedDrain) await new Promise<void>((resolve) => this.#drainWaiters.push(resolve));
  }

  /** Takes no new requests and closes when the last answer is in, whether or not the server closes its side. */
  retire(): void {
    this.#retired = true;
    if (this.#pending.size === 0) this.#socket.destroySoon();
  }

  /** Closes at once; what is in flight is rejected with CONNECTION_LOST. */
  close(): void {
    this.#closedHere = true;
    this.#fail(
      new RocketMQError("CONNECTION_LOST", `The connection to ${this.address} was closed by this client`, {
        address: this.address,
      }),
    );
  }

  #nextOpaque(): number {
    this.#opaque = (this.#opaque + 1) & 0x7fffffff;
    return this.#opaque;
  }

  #send({ code, extFields, body }: RemotingRequest, opaque: number, oneway: boolean): void {
    const { credentials } = this.#options;
    const fields = credentials ? signExtFields(extFields ?? {}, body, credentials) : extFields;
    this.#write(encodeFrame(requestHeader(code, opaque, fields, oneway), body));
  }

  #write(frame: Buffer, written?: () => void): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      // After all callers woken by a read have run, so that they share one write: a write costs more than a frame.
      process.nextTick(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(frame, written);
  }

  #releaseDrainWaiters(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = [];
    for (const wake of waiters) wake();
  }

  #read(chunk: Buffer): void {
    this.#lastReadAt = performance.now();
    try {
      this.#decoder.push(chunk, (command) => this.#receive(command));
    } catch (error) {
      this.#fail(this.#decodeFailure(chunk, error));
    }
  }

  #decodeFailure(chunk: Buffer, error: unknown): RocketMQError {
    // A TLS alert: the port takes TLS only.
    if (!this.#answered && chunk[0] === 0x15 && chunk[1] === 0x03) {
      return new RocketMQError("TLS_REQUIRED", `${this.address} wants TLS`, { address: this.address });
    }
    if (!(error instanceof RocketMQError)) return connectionLost(this.address, error);
    return new RocketMQError(error.code, error.message, { address: this.address, cause: error.cause });
  }

  #receive(command: RemotingCommand): void {
    if (this.#closed) return;
    this.#answered = true;
    if ((command.flag & RESPONSE_FLAG) === 0) {
      this.#requested(command);
      return;
    }
    const pending = this.#take(command.opaque);
    if (pending) pending.resolve(command);
    else if (this.#owed > 0) this.#owed--;
    else this.#unwanted();
  }

  /** Counts what nobody asked for; a server that floods this client is left. */
  #unwanted(): void {
    if (this.#lastReadAt - this.#unaskedSince > 1000) {
      this.#unaskedSince = this.#lastReadAt;
      this.#unasked = 0;
    }
    if (++this.#unasked > UNASKED_MAX)
      this.#leave(`sent more than ${UNASKED_MAX} frames in a second that nobody asked for`);
  }

  #leave(why: string): void {
    this.#fail(new RocketMQError("MALFORMED_RESPONSE", `${this.address} ${why}`, { address: this.address }));
  }

  #take(opaque: number): Pending | undefined {
    const pending = this.#pending.get(opaque);
    if (!pending) return undefined;
    this.#pending.delete(opaque);
    pending.release?.();
    if (this.#retired && this.#pending.size === 0) this.#socket.destroySoon();
    return pending;
  }

  #giveUp(opaque: number): Pending | undefined {
    const pending = this.#take(opaque);
    if (pending) this.#owed++;
    return pending;
  }

  /** What is not served is not answered either when the server is not waiting: it asks again by itself. */
  #requested(command: RemotingCommand): void {
    const handler = this.#options.handlers.get(command.code);
    if (handler && this.#serving < SERVING_MAX) {
      this.#serving++;
      void this.#serve(command, handler).finally(() => this.#serving--);
      return;
    }
    this.#unwanted();
    this.#reply(
      command,
      handler
        ? { code: SYSTEM_BUSY, remark: "too many requests at the same time" }
        : { code: REQUEST_CODE_NOT_SUPPORTED, remark: `request type ${command.code} not supported` },
    );
  }

  async #serve(command: RemotingCommand, handler: RequestHandler): Promise<void> {
    try {
      const reply = await handler(command, this.address);
      if (reply) this.#reply(command, reply);
    } catch (error) {
      this.#reply(command, { code: SYSTEM_ERROR, remark: error instanceof Error ? error.message : String(error) });
    }
  }

  #reply({ opaque, flag }: RemotingCommand, reply: RequestReply): void {
    if (this.#closed || (flag & ONEWAY_FLAG) !== 0) return;
    const frame = encodeFrame(responseHeader(reply.code, opaque, reply.extFields, reply.remark), reply.body);
    this.#answersWaiting += frame.length;
    if (this.#answersWaiting > ANSWERS_WAITING_MAX) {
      this.#leave("sends requests and does not read the answers");
      return;
    }
    this.#write(frame, () => (this.#answersWaiting -= frame.length));
  }

  #arm(deadline: number): void {
    if (deadline >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = deadline;
    this.#timer = setTimeout(() => this.#expire(), Math.max(1, deadline - performance.now()));
    this.#timer.unref();
  }

  #expire(): void {
    this.#timerAt = Infinity;
    const now = performance.now();
    let next = Infinity;
    let silent = false;
    for (const [opaque, pending] of this.#pending) {
      if (pending.deadline > now) {
        next = Math.min(next, pending.deadline);
        continue;
      }
      silent ||= this.#lastReadAt < pending.sentAt;
      this.#giveUp(opaque);
      const waited = Math.round(pending.deadline - pending.sentAt);
      pending.reject(
        new RocketMQError(
          "REQUEST_TIMEOUT",
          `${this.address} did not answer request ${pending.code} within ${waited} ms`,
          {
            address: this.address,
          },
        ),
      );
    }
    // Nothing at all since that request: the peer may be gone without a word, so new requests try a new connection.
    if (silent) this.retire();
    if (next < Infinity) this.#arm(next);
  }

  #fail(error: RocketMQError): void {
    this.#failure ??= error;
    this.#closed = true;
    this.#socket.destroy();
  }

  async #onClose(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#options.onClose();
    this.#releaseDrainWaiters();
    if (this.#pending.size === 0) return;
    const pendings = [...this.#pending.values()];
    this.#pending.clear();
    let failure = this.#failure;
    if (!this.#answered && !this.#closedHere && (!failure || failure.code === "CONNECTION_LOST"))
      failure = (await this.#options.diagnoseSilentClose?.()) ?? failure;
    failure ??= connectionLost(this.address);
    for (const pending of pendings) {
      pending.release?.();
      pending.reject(failure);
    }
  }
}
