import type { ColumnType, Generated, Selectable } from "kysely";
import type { Labels, Metric } from "#contract/metrics.ts";

/** Milliseconds since the epoch. */
type Ms = number;
/** JSON as text, which both SQLite and PostgreSQL keep. */
type Json = string;
/** 0 or 1: SQLite binds no booleans. */
type Bit = 0 | 1;

export interface InstanceTable {
  id: string;
  name: string;
  description: string;
  /** JSON array of `host:port`. */
  namesrvAddrs: Json;
  clusterName: string | null;
  accessKey: string | null;
  /** Sealed; see secrets.ts. */
  secretKey: string | null;
  tls: Bit;
  tlsCa: string | null;
  tlsVerify: Bit;
  /** JSON array of `host:port`. */
  proxyAddrs: Json;
  /** JSON array of `host:port`. */
  proxyRemotingAddrs: Json;
  metricsUrl: string | null;
  /** JSON object of strings. */
  tags: Json;
  /** What was last seen of the cluster: state, when, engine version, type and broker counts. */
  state: string;
  stateAt: Ms | null;
  version: string | null;
  type: string | null;
  masters: number | null;
  slaves: number | null;
  createdAt: Ms;
  updatedAt: Ms;
  recycledAt: Ms | null;
}
export type InstanceRow = Selectable<InstanceTable>;

export interface JobTable {
  id: string;
  kind: string;
  /** JSON object: values for the title. */
  params: Json;
  instanceId: string | null;
  state: string;
  total: number | null;
  ok: number;
  failed: number;
  skipped: number;
  done: number;
  /** JSON object. */
  summary: Json | null;
  /** JSON `{ code, detail? }`. */
  error: Json | null;
  startedBy: string;
  createdAt: Ms;
  startedAt: Ms | null;
  finishedAt: Ms | null;
  /** The process that runs it, and until when it is taken to live without having been heard of. */
  owner: string | null;
  leaseUntil: Ms | null;
  /** JSON object: what became of outcomes that are not among its rows. */
  filed: Json | null;
  /** JSON object: what it made for people to take away. */
  file: Json | null;
}

export interface JobRowTable {
  jobId: string;
  n: number;
  key: string;
  state: string;
  code: string | null;
  detail: string | null;
  /** JSON object. */
  data: Json | null;
  at: Ms;
}

/** A label that a metric does not have is empty. */
export interface SeriesTable extends Required<Labels> {
  id: Generated<number>;
  instanceId: string;
  metric: Metric;
}

export interface SampleTable {
  seriesId: number;
  /** Of a slot, or of a tick. */
  perSlot: Bit;
  t: Ms;
  /** Null: not known, though the rest of its slot is. */
  value: number | null;
}

/** Slots of which every name was read: those that have no sample in one were at 0. */
export interface WholeSlotTable {
  instanceId: string;
  metric: Metric;
  t: Ms;
}

export interface SettingTable {
  key: string;
  /** JSON. */
  value: Json;
}

/** Remarks on topics and groups: RocketMQ keeps none. */
export interface RemarkTable {
  instanceId: string;
  kind: "topic" | "group";
  name: string;
  text: string;
  updatedAt: Ms;
}

/** A broker as a name server last listed it. */
export interface BrokerTable {
  instanceId: string;
  brokerName: string;
  brokerId: number;
  cluster: string;
  addr: string;
  listedAt: Ms;
}

/** A plan that was shown, or one that takes an applied one back. */
export interface PlanTable {
  id: string;
  kind: string;
  instanceId: string;
  /** What it is about: the name of a topic or group; empty for the instance itself. */
  subject: string;
  madeBy: string;
  /** Sealed JSON: what was asked for, which may hold secrets, and what was shown. */
  sealed: string;
  madeAt: Ms;
  expiresAt: Ms;
  appliedAt: Ms | null;
}

/** A queue in which the console moved a group; `before` is null where it had no offset. */
export interface OffsetMoveTable {
  instanceId: string;
  group: string;
  topic: string;
  brokerName: string;
  queueId: number;
  before: string | null;
  after: string;
  at: Ms;
  who: string;
}

/** A topic or group that a dial test is about to make: noted before, and forgotten once it is removed. */
export interface DialMadeTable {
  instanceId: string;
  jobId: string;
  kind: "topic" | "group";
  name: string;
  at: Ms;
}

/** A dead letter that was sent once more; see resent.ts. */
export interface ResentTable {
  /** Through which it was sent last. */
  instanceId: string;
  topic: string;
  brokerName: string;
  queueId: number;
  /** A long, as text. */
  queueOffset: string;
  /** When its broker stored it: a topic that was made anew has other messages at the same places. */
  storedAt: Ms;
  /** Its offsetMsgId, by which every instance of its cluster knows it; the instance where it was kept before that was. */
  letterId: string;
  /** Topic that it was sent to. */
  target: string;
  /** UNIQ_KEY that it was sent under. */
  msgId: string;
  state: "sending" | "sent" | "unknown";
  /** JSON `{ brokerName, queueId, queueOffset }`, once that is known; of a delayed one `{ dueAt }`. */
  sentTo: Json | null;
  sentBy: string;
  at: Ms;
  /** Null of a copy that somebody sent by itself. */
  jobId: string | null;
}

/** Failures to sign in by username and where they came from; see auth/sign-in-counts.ts. */
export interface SignInCountTable {
  name: string;
  source: string;
  failures: number;
  since: Ms;
  until: Ms;
}

/** Who did what; see contract/audit.ts. */
export interface AuditTable {
  id: string;
  at: Ms;
  who: string;
  userId: string | null;
  row: string;
  action: string | null;
  instanceId: string | null;
  /** JSON object. */
  subject: Json;
  planId: string | null;
  jobId: string | null;
  outcome: string;
  /** JSON `{ of, items }`. */
  targets: Json | null;
  address: string | null;
  requestId: string | null;
  ms: number | null;
  unrecorded: number;
}

/** Better Auth writes dates as ISO text in SQLite and as timestamps in PostgreSQL. */
type AuthDate = ColumnType<string | Date, string, string>;
/** Better Auth has integers in SQLite and booleans in PostgreSQL, which takes 0 and 1 for them. */
type AuthBit = ColumnType<Bit | boolean, Bit, Bit>;

export interface UserTable {
  id: string;
  name: string;
  email: string;
  emailVerified: AuthBit;
  image: string | null;
  createdAt: AuthDate;
  updatedAt: AuthDate;
  username: string | null;
  displayUsername: string | null;
  role: string;
  mustChangePassword: AuthBit;
}

export interface SessionTable {
  id: string;
  token: string;
  userId: string;
  expiresAt: AuthDate;
  createdAt: AuthDate;
  updatedAt: AuthDate;
  ipAddress: string | null;
  userAgent: string | null;
}

/** How a person signs in; of Better Auth's columns only those of passwords are used. */
export interface AccountTable {
  id: string;
  accountId: string;
  providerId: string;
  userId: string;
  password: string | null;
  createdAt: AuthDate;
  updatedAt: AuthDate;
}

export interface SavedViewTable {
  id: string;
  instanceId: string;
  page: string;
  owner: string;
  name: string;
  query: string;
  shared: Bit;
  savedAt: Ms;
}

export interface Database {
  instance: InstanceTable;
  job: JobTable;
  jobRow: JobRowTable;
  series: SeriesTable;
  sample: SampleTable;
  wholeSlot: WholeSlotTable;
  setting: SettingTable;
  remark: RemarkTable;
  broker: BrokerTable;
  plan: PlanTable;
  offsetMove: OffsetMoveTable;
  dialMade: DialMadeTable;
  savedView: SavedViewTable;
  resent: ResentTable;
  signInCount: SignInCountTable;
  audit: AuditTable;
  user: UserTable;
  session: SessionTable;
  account: AccountTable;
}
