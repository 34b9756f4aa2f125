/** Sizes and ranges that both sides check. */
export const REMARK_MAX = 500;
export const DESCRIPTION_MAX = 256;
export const INSTANCE_TAGS_MAX = 20;
export const RETENTION_MIN_HOURS = 24;
/** Delayed messages may wait this long, so a shorter retention may delete them unread. */
export const RETENTION_WARN_HOURS = 48;
export const RETENTION_MAX_HOURS = 8760;

/** Dial tests: messages in one test, kB in one message and in all, characters of an own body, properties of a message. */
export const DIAL_COUNT_MAX = 10_000;
export const DIAL_SIZE_KB_MAX = 4096;
export const DIAL_TOTAL_KB_MAX = 1024 * 1024;
export const DIAL_BODY_MAX = 262_144;
export const DIAL_PROPERTIES_MAX = 64;
/** A delay in seconds and a level that may be asked for at all; what a broker takes it says itself. */
export const DIAL_DELAY_SECONDS_MAX = 31_536_000;
export const DIAL_DELAY_LEVEL_MAX = 255;
/** Load tests: a setting of the console may allow less. */
export const LOAD_SECONDS_MAX = 86_400;
export const LOAD_RATE_MAX = 1_000_000;
export const LOAD_THREADS_MAX = 1024;
/** Queues of a topic that a round trip goes through, or a load test sends to and reads. */
export const ROUND_TRIP_QUEUES_MAX = 64;
export const LOAD_QUEUES_MAX = 256;

/** Imports: bytes of a CSV file, rows in it, and columns that a row may have. */
export const IMPORT_MAX_BYTES = 5 * 1024 * 1024;
export const IMPORT_MAX_ROWS = 10_000;
export const IMPORT_MAX_COLUMNS = 256;

/** Bounds of a new password; the longest keeps hashing cheap enough to answer at all. */
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 128;
/** What is wrong with a new password: message key of its issue. */
export type PasswordFault = "tooShort" | "unchanged" | "containsUsername" | "tooSimple";

/** Views saved under a name. */
export const VIEW_NAME_MAX = 64;
export const VIEW_QUERY_MAX = 4096;

/** Most bytes of an uploaded file. */
export const UPLOAD_MAX = 20 * 1024 * 1024;
/** Rows that a page of a list has at most. */
export const PAGE_ROWS_MAX = 200;

/** Dead letters that are named one by one to be sent once more, and the largest sample of all. */
export const RESEND_PLACES_MAX = 200;
export const RESEND_SAMPLE_MAX = 100;
/** A copy of a message: characters of an own body, and its properties. */
export const COPY_BODY_MAX = 700_000;
export const COPY_PROPERTIES_MAX = 256;
/** How many times as many records as at first are read for messages that wait. */
export const PENDING_DEPTH_MAX = 16;
