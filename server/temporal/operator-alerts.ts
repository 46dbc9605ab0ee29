import type { Client } from "@temporalio/client";
import { accountReport } from "../../domain/reporting/operator-digest.ts";
import type { Alert } from "../../domain/state/alert.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { logAlert } from "../../platform/logs/log-alert.ts";
import { type Metrics, NO_METRICS } from "../../platform/metrics/metrics.ts";
import { OPERATOR_ALERTS, operatorAlertsStartOf } from "../../workflows/contract.ts";
import { callTemporal } from "./call-temporal.ts";

export type OperatorAlerts = {
  /**
   * Hands an alert that concerns no single recovery to the workflow that emails the operator, at most once an hour a cause.
   * @throws TemporalUnavailableError, or what Temporal answers
   */
  readonly send: (alert: Alert) => Promise<void>;
};

/** @param client null until connected */
export function createOperatorAlerts(
  client: () => Client | null,
  taskQueue: string,
  log: Log,
  now: () => Instant,
  metrics: Metrics = NO_METRICS,
): OperatorAlerts {
  return {
    send: async (alert) => {
      const report = accountReport(alert, now(), false);
      await callTemporal(client, (connected) =>
        connected.workflow.signalWithStart(
          OPERATOR_ALERTS,
          operatorAlertsStartOf(taskQueue, report),
        ),
      );
      logAlert(log, alert);
      const labels = { cause: alert.cause };
      metrics.add({ metric: "reprise_operator_alerts_total", labels, by: 1 });
    },
  };
}
