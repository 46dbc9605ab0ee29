import type { NotifyOperatorDependencies } from "../activities/operator/notify-operator.ts";
import { accountReport } from "../domain/reporting/operator-digest.ts";
import type { Alert } from "../domain/state/alert.ts";
import type { Instant } from "../domain/values/time.ts";
import type { Log } from "../platform/log.ts";
import { logAlert } from "../platform/logs/log-alert.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";

/** @param waits something stands still until a person acts */
export type AlertAccount = (alert: Alert, waits: boolean) => Promise<void>;

/** Alerts the operator of what concerns the account: in the log, and by mail if there is an `OPERATOR_EMAIL`. */
export function createAccountAlerts(
  { operatorEmail }: { readonly operatorEmail: string | null },
  report: NotifyOperatorDependencies["report"],
  now: () => Instant,
  { add }: Metrics,
  log: Log,
): AlertAccount {
  return async (alert, waits) => {
    const labels = { cause: alert.cause };
    logAlert(log, alert);
    add({ metric: "reprise_operator_alerts_total", labels, by: 1 });
    if (operatorEmail === null) return;
    await report(accountReport(alert, now(), waits));
  };
}
