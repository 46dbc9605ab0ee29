import type { OnRequestEnded } from "../../dodo/port.ts";
import type { Tracing } from "../../platform/traces/tracing.ts";

/** A request to Dodo as a span of its activity. Without one it belongs to no trace. */
export function traceRequest(
  { ended, carrier }: Tracing,
  { route, status, requestId, seconds }: Parameters<OnRequestEnded>[0],
): void {
  if (carrier()["traceparent"] === undefined) return;
  const attributes = {
    ...(status === null ? {} : { "http.response.status_code": status }),
    ...(requestId === null ? {} : { "reprise.request_id": requestId }),
  };
  const isFailed = status === null || status >= 400;
  ended({ name: `Dodo ${route}`, kind: "client", attributes }, seconds, isFailed);
}
