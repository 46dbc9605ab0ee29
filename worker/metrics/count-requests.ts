import type { OnRequestEnded } from "../../dodo/port.ts";
import type { Metrics } from "../../platform/metrics/metrics.ts";

/** Counts each request to Dodo by its route and the answer's status; `none`: no answer came. */
export function countRequests({ add, observe }: Metrics): OnRequestEnded {
  return ({ route, status, seconds }) => {
    const labels = { route, status: status === null ? "none" : String(status) };
    add({ metric: "reprise_dodo_requests_total", labels, by: 1 });
    observe("reprise_dodo_request_seconds", seconds, { route });
  };
}
