/**
 * Every problem that the API can answer with: its code is the key of its text (`problem:<CODE>` in web/locales: what, why, todo),
 * `status` the HTTP status, `retry` whether the same call may succeed later.
 * On the wire it is an oRPC error `{ code, status, data: ProblemData }`.
 */
export const problems = {
  // the console itself
  UNAUTHORIZED: { status: 401, retry: false },
  SIGN_IN_FAILED: { status: 401, retry: false },
  LOCKED_OUT: { status: 429, retry: true },
  PASSWORD_CHANGE_REQUIRED: { status: 403, retry: false },
  WEAK_PASSWORD: { status: 400, retry: false },
  FORBIDDEN: { status: 403, retry: false },
  FOREIGN_ORIGIN: { status: 403, retry: false },
  BAD_REQUEST: { status: 400, retry: false },
  NOT_FOUND: { status: 404, retry: false },
  CONFLICT: { status: 409, retry: false },
  PAYLOAD_TOO_LARGE: { status: 413, retry: false },
  TOO_MANY_UPLOADS: { status: 503, retry: true },
  INTERNAL_SERVER_ERROR: { status: 500, retry: true },
  INSTANCE_NOT_FOUND: { status: 404, retry: false },
  JOB_NOT_FOUND: { status: 404, retry: false },
  JOB_ELSEWHERE: { status: 409, retry: false },
  RESULTS_MISSING: { status: 409, retry: false },
  STORE_FAILED: { status: 507, retry: true },
  TOO_MANY_TESTS: { status: 429, retry: true },
  TOO_MANY_TAILS: { status: 429, retry: true },
  TOO_MANY_VIEWS: { status: 409, retry: false },
  TOO_MANY_EXPORTS: { status: 429, retry: true },
  TOO_MANY_SCANS: { status: 429, retry: true },
  SCAN_TOO_COSTLY: { status: 400, retry: false },
  SCAN_EXPIRED: { status: 404, retry: false },
  SECRET_NEEDED: { status: 400, retry: false },
  // reaching RocketMQ
  CONNECT_REFUSED: { status: 502, retry: true },
  CONNECT_FAILED: { status: 502, retry: true },
  CONNECT_TIMEOUT: { status: 504, retry: true },
  ADDRESS_NOT_ALLOWED: { status: 403, retry: false },
  NOT_REACHED: { status: 504, retry: true },
  REQUEST_TIMEOUT: { status: 504, retry: true },
  CONNECTION_LOST: { status: 502, retry: true },
  MALFORMED_RESPONSE: { status: 502, retry: false },
  NOT_ROCKETMQ: { status: 502, retry: false },
  NOT_A_NAMESRV: { status: 502, retry: false },
  CLOSED_UNANSWERED: { status: 502, retry: true },
  TLS_REQUIRED: { status: 502, retry: false },
  TLS_FAILED: { status: 502, retry: false },
  NO_NAMESRV_AVAILABLE: { status: 502, retry: true },
  NO_CLUSTER: { status: 502, retry: true },
  NO_MASTER: { status: 503, retry: true },
  BROKER_GONE: { status: 503, retry: true },
  BROKER_NAME_SHARED: { status: 409, retry: false },
  ADVERTISED_ADDRESS_UNREACHABLE: { status: 502, retry: true },
  GRPC_CLIENTS_UNSEEN: { status: 503, retry: false },
  // answers of a broker or name server (ResponseCode.java)
  BROKER_ERROR: { status: 502, retry: false },
  SIGNATURE_FAILED: { status: 403, retry: false },
  SYSTEM_BUSY: { status: 503, retry: true },
  REQUEST_CODE_NOT_SUPPORTED: { status: 501, retry: false },
  NO_PERMISSION: { status: 403, retry: false },
  TOPIC_NOT_READABLE: { status: 409, retry: false },
  INDEX_DISABLED: { status: 409, retry: false },
  TOPIC_NOT_EXIST: { status: 404, retry: false },
  SUBSCRIPTION_GROUP_NOT_EXIST: { status: 404, retry: false },
  CONSUMER_NOT_ONLINE: { status: 409, retry: false },
  MESSAGE_ILLEGAL: { status: 400, retry: false },
  MESSAGE_NOT_FOUND: { status: 404, retry: false },
  SERVICE_NOT_AVAILABLE: { status: 503, retry: true },
  FLUSH_DISK_TIMEOUT: { status: 503, retry: true },
  FLUSH_SLAVE_TIMEOUT: { status: 503, retry: true },
  SLAVE_NOT_AVAILABLE: { status: 503, retry: true },
  FLOW_CONTROL: { status: 429, retry: true },
  INVALID_PARAMETER: { status: 400, retry: false },
  // rules of the console
  OFFSET_NOT_MOVED: { status: 409, retry: true },
  GROUP_BROADCASTING: { status: 409, retry: false },
  CLIENTS_MUST_STOP: { status: 409, retry: true },
  NOT_ALL_BROKERS: { status: 503, retry: true },
  NOTHING_TO_CHANGE: { status: 409, retry: false },
  PLAN_STALE: { status: 409, retry: false },
  PLAN_EXPIRED: { status: 404, retry: false },
  PLAN_TOO_LARGE: { status: 413, retry: false },
  TOPIC_EXISTS: { status: 409, retry: false },
  GROUP_EXISTS: { status: 409, retry: false },
  STILL_IN_USE: { status: 409, retry: false },
  USE_UNKNOWN: { status: 503, retry: true },
  SYSTEM_RESOURCE: { status: 403, retry: false },
  LIMIT_EXCEEDED: { status: 400, retry: false },
  RESEND_IN_ORDER: { status: 409, retry: true },
  RESEND_POPS: { status: 409, retry: false },
  RESENT_FULL: { status: 507, retry: false },
  OFFSET_OUT_OF_RANGE: { status: 400, retry: false },
  MALFORMED_MESSAGE_ID: { status: 400, retry: false },
  CSV_UNREADABLE: { status: 400, retry: false },
  IMPORT_EXPIRED: { status: 404, retry: false },
} as const satisfies Record<string, { status: number; retry: boolean }>;

export type ProblemCode = keyof typeof problems;

/** What goes with a problem; all of it may be shown to a person, none of it is secret. */
export interface ProblemData {
  /** Values for the text of the problem. */
  params?: Record<string, string | number>;
  /** `host:port` of the name server or broker that was asked. */
  address?: string;
  /** Response code and remark as the broker gave them. */
  responseCode?: number;
  remark?: string;
  /** Where in the input it is: field paths with a message key each. */
  issues?: { path: string; message: string }[];
  /** Of PLAN_STALE: the plan as it would be now, in the shape that its row answers. */
  plan?: unknown;
  /** Request id, to find the log line. */
  requestId?: string;
}
