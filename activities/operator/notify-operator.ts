import type { OperatorReport } from "../../domain/reporting/operator-digest.ts";
import type { Alert } from "../../domain/state/alert.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import type { RecoveryId, SubscriptionId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { logAlert } from "../../platform/logs/log-alert.ts";

export type NotifyOperatorInput = {
  readonly at: Instant;
  readonly subscriptionId: SubscriptionId;
  readonly recoveryId: RecoveryId;
  readonly alert: Alert;
  readonly mode: Mode;
  /** The alert is an open question, so the recovery waits; absent from calls of earlier versions. */
  readonly waits?: boolean;
};

export type NotifyOperatorDependencies = {
  readonly operatorEmail: string | null;
  /** Sends the report to the workflow `operatorAlerts` of its cause, which mails the operator. */
  readonly report: (report: OperatorReport) => Promise<void>;
  readonly log: Log;
};

/**
 * Notifies the operator in the log and by mail. One workflow for each cause sends the mails, so that a thousand recoveries with
 * the same cause lead to one mail an hour.
 */
export async function notifyOperator(
  input: NotifyOperatorInput,
  { operatorEmail, report, log }: NotifyOperatorDependencies,
): Promise<void> {
  const { alert, recoveryId, subscriptionId, at } = input;
  logAlert(log, alert, { recoveryId, subscriptionId });
  if (operatorEmail === null || input.mode === "shadow") return;
  const waits = input.waits === undefined ? {} : { waits: input.waits };
  await report({ alert, subscriptionId, workflowId: recoveryId, at, ...waits });
}
