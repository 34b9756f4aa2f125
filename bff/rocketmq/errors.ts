/** Whether asking again may help, by kind of error; kinds are keys of the console's table of problems. */
const retryableByCode = {
  CONNECT_REFUSED: true,
  CONNECT_FAILED: true,
  CONNECT_TIMEOUT: true,
  ADDRESS_NOT_ALLOWED: false,
  NOT_REACHED: true,
  REQUEST_TIMEOUT: true,
  CONNECTION_LOST: true,
  NOT_ROCKETMQ: false,
  NOT_A_NAMESRV: false,
  CLOSED_UNANSWERED: true,
  MALFORMED_RESPONSE: false,
  TLS_REQUIRED: false,
  TLS_FAILED: false,
  NO_NAMESRV_AVAILABLE: true,
  NO_CLUSTER: true,
  NO_MASTER: true,
  BROKER_GONE: true,
  BROKER_NAME_SHARED: false,
  ADVERTISED_ADDRESS_UNREACHABLE: true,
  GRPC_CLIENTS_UNSEEN: false,
  BROKER_ERROR: false,
  SIGNATURE_FAILED: false,
  SYSTEM_BUSY: true,
  REQUEST_CODE_NOT_SUPPORTED: false,
  NO_PERMISSION: false,
  TOPIC_NOT_READABLE: false,
  INDEX_DISABLED: false,
  TOPIC_NOT_EXIST: false,
  SUBSCRIPTION_GROUP_NOT_EXIST: false,
  CONSUMER_NOT_ONLINE: false,
  MESSAGE_ILLEGAL: false,
  MESSAGE_NOT_FOUND: false,
  MALFORMED_MESSAGE_ID: false,
  OFFSET_OUT_OF_RANGE: false,
  SERVICE_NOT_AVAILABLE: true,
  FLUSH_DISK_TIMEOUT: true,
  FLUSH_SLAVE_TIMEOUT: true,
  SLAVE_NOT_AVAILABLE: true,
  FLOW_CONTROL: true,
  INVALID_PARAMETER: false,
} as const satisfies Record<string, boolean>;

/** Kind of a RocketMQError. */
export type RocketMQErrorCode = keyof typeof retryableByCode;

/** Every kind of RocketMQError. */
export const rocketmqErrorCodes = Object.keys(retryableByCode) as RocketMQErrorCode[];

export interface RocketMQErrorInit {
  /** `host:port` that was asked. */
  address?: string;
  /** Code of ResponseCode.java, when a server answered. */
  responseCode?: number;
  /** What the server said, verbatim; of what was refused before it was sent, why. */
  remark?: string;
  cause?: unknown;
}

/** Anything that goes wrong between this client and RocketMQ. */
export class RocketMQError extends Error {
  override readonly name = "RocketMQError";
  readonly code: RocketMQErrorCode;
  readonly address?: string;
  readonly retryable: boolean;
  readonly responseCode?: number;
  readonly remark?: string;

  constructor(code: RocketMQErrorCode, message: string, init: RocketMQErrorInit = {}) {
    // What it says is enough, and thousands of brokers may fail at once: most of what an error costs is its stack.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.retryable = retryableByCode[code];
    this.address = init.address;
    this.responseCode = init.responseCode;
    this.remark = init.remark;
  }
}

/** What was caught, when it is RocketMQ's doing, with the address that was asked; anything else (a bug, an abort) is thrown on. */
export function asRocketMQError(error: unknown, address?: string): RocketMQError {
  if (!(error instanceof RocketMQError)) throw error;
  if (error.address !== undefined || address === undefined) return error;
  return new RocketMQError(error.code, error.message, { address, remark: error.remark, cause: error });
}

/** No name server gave an answer: the fault that all of them have, if asking again does not mend it; each failure is in an AggregateError. */
export function noNamesrv(errors: RocketMQError[]): RocketMQError {
  const [first] = errors;
  const shared = first !== undefined && !first.retryable && errors.every(({ code }) => code === first.code);
  const reasons = errors.map((error) => error.message).join("; ");
  return new RocketMQError(shared ? first.code : "NO_NAMESRV_AVAILABLE", `No name server answers: ${reasons}`, {
    address: errors.map(({ address }) => address).join(", "),
    remark: shared ? first.remark : undefined,
    cause: new AggregateError(errors, reasons),
  });
}
