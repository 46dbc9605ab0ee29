import { type EventRow, row } from "./row.ts";

/** What both processes log. */
export const SHARED_EVENTS = {
  operator_notified: row({
    level: "warn",
    fields: ["cause", "detail"],
    optional: ["recoveryId", "subscriptionId", "paymentId"],
    means: "Something the operator should know; a mail follows, at most once an hour per cause.",
  }),
  charging_stopped: row({
    level: ["warn", "error"],
    fields: [],
    optional: ["answer", "by", "requestId"],
    means: "All charges are stopped: by an operator, or by a worker whose API key Dodo refuses.",
  }),
  other_business: row({
    level: ["warn", "error"],
    fields: ["businessId", "recorded"],
    optional: ["seenIn"],
    means: "A webhook, or the API key, is of another business than the namespace.",
  }),
  business_recorded: row({
    level: "info",
    fields: ["businessId"],
    means: "The business that owns the namespace was recorded.",
  }),
  temporal_unreachable: row({
    level: "warn",
    fields: ["detail"],
    optional: ["address"],
    means: "Temporal does not answer; one line for the first try and every twentieth.",
  }),
  temporal: row({
    level: ["debug", "info", "warn", "error"],
    fields: [],
    isOpen: true,
    means: "A line of Temporal's SDK, such as of an activity that failed and is tried again.",
  }),
  gauges_unread: row({
    level: "warn",
    fields: ["metrics", "detail"],
    means: "Temporal did not tell what some metrics show.",
  }),
  metrics_listen_failed: row({
    level: "fatal",
    fields: ["address", "detail"],
    means: "The metrics cannot be served, and the process ends.",
  }),
  stopping: row({
    level: "info",
    fields: ["signal"],
    means: "The process ends once what it does is done.",
  }),
  stopped: row({ level: "info", fields: [], means: "The process has ended." }),
  stop_timed_out: row({
    level: "error",
    fields: [],
    means: "The process ended before what it did was done.",
  }),
  stop_failed: row({ level: "error", fields: ["err"], means: "The end of the process failed." }),
  log_lines_dropped: row({
    level: "warn",
    fields: ["lines"],
    means: "Lines could not be written: the disk is full, or the reader of the log is too slow.",
  }),
} as const satisfies Readonly<Record<string, EventRow>>;
