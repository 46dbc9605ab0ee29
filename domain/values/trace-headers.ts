/**
 * The header of a Temporal message that carries a trace: W3C's `traceparent` and `tracestate` as JSON, under the name that Temporal's
 * own interceptors use.
 */
export const TRACE_HEADER = "_tracer-data";

/** The same, of a trace that is over: what follows from it days later has a trace of its own, and a link to this one. */
export const LINK_HEADER = "reprise-trace-link";

/** How long what follows is part of the same trace. */
export const TRACE_LASTS_MS = 60_000;
