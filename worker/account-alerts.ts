import type { NotifyOperatorDependencies } from "../activities/operator/notify-operator.ts";
import { accountReport } from "../domain/reporting/operator-digest.ts";
import type { Alert } from "../domain/state/alert.ts";
import type { Instant } from "../domain/values/time.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";

/** @param waits something stands still until a person acts */
export type AlertAccount = (alert: Alert, waits: boolean) => Promise<void>;

/** Alerts the operator of what concerns the account; does nothing without `OPERATOR_EMAIL`. */
export function createAccountAlerts(
  { operatorEmail }: { readonly operatorEmail: string | null },
  report: NotifyOperatorDependencies["report"],
  now: () => Instant,
  { add }: Metrics,
): AlertAccount {
  return async (alert, waits) => {
    const labels = { cause: alert.cause };
    add({ metric: "reprise_operator_alerts_total", labels, by: 1 });
    if (operatorEmail === null) return;
    await report(accountReport(alert, now(), waits));
  };
}
