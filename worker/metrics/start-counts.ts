import { DODO_ROUTES } from "../../dodo/port.ts";
import { type Count, workerCounts, zero } from "../../domain/metrics/catalogue.ts";

/** Statuses that alerts ask for, and the usual one. */
const STATUSES = ["200", "401", "403", "429", "none"] as const;

/** The series that a worker shows from its start. */
export function startCounts(): readonly Count[] {
  const requests = DODO_ROUTES.flatMap((route) =>
    STATUSES.map((status) => zero("reprise_dodo_requests_total", { route, status })),
  );
  return [...workerCounts(), ...requests];
}
