import { type Alert, describeAlert } from "../../domain/state/alert.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import type { Log } from "../log.ts";

type Ids = {
  readonly recoveryId?: string;
  readonly subscriptionId?: string;
  readonly paymentId?: string;
};

/** @param ids what the alert is about; none where it concerns the account */
export function logAlert(log: Log, alert: Alert, ids: Ids = {}): void {
  const { cause } = alert;
  const { text } = ATTENTION_CAUSES[cause];
  log.warn({ event: "operator_notified", cause, detail: describeAlert(alert), ...ids }, text);
}
