import { unattributedPayment } from "../../../dev/model/events.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import type { Policy } from "../../../domain/policy.ts";
import { describeAlert, isSameAlert } from "../../../domain/state/alert.ts";
import type { Evidence, Payment, Subscription } from "../../../domain/state/payment.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { RecoveryDriver, retryPolicy } from "../../support/domain/recovery-driver.ts";
import { DAY_0, HOUR_MS, MINUTE_MS } from "../../support/domain/scenario.ts";

export const failed = (name: string, given: Partial<Payment> = {}): Payment =>
  unattributedPayment(DAY_0 - HOUR_MS, {
    paymentId: id(name),
    declineCode: "INSUFFICIENT_FUNDS",
    ...given,
  });

/** Created an hour after the failures. */
export const succeeded = (name: string, given: Partial<Payment> = {}): Payment =>
  unattributedPayment(DAY_0, { paymentId: id(name), ...paymentStatus("succeeded"), ...given });

/** A recovery in a few words. */
export function summaryOf({
  debt,
  attempts,
  queue,
  plan,
  attention,
  settlement,
  alertsSent,
  ended,
  opening,
}: Recovery): string {
  return [
    ...(opening === null ? [] : ["opening"]),
    ...(debt === null ? [] : [`owed ${debt.id} ${debt.priceMinor}`]),
    ...(attempts.length > 1 ? [`attempted ${attempts.length}`] : []),
    ...(plan === null ? [] : [`planned ${plan.number}`]),
    ...(settlement === null ? [] : [`paid by ${settlement.by}`]),
    ...queue.map((one) => `queued ${one.debt.id} ${one.debt.priceMinor}`),
    ...attention.map((question) => `asks ${question.cause} ${describeAlert(question)}`),
    ...alertsSent
      .filter((alert) => !attention.some((question) => isSameAlert(question, alert)))
      .map((alert) => `notifies ${alert.cause} ${describeAlert(alert)}`),
    ...ended.map(({ debtId, outcome, rule }) => `ended ${debtId ?? "-"} ${outcome} ${rule}`),
  ].join(", ");
}

export type OpeningCase = {
  readonly payments: readonly Payment[];
  readonly policy?: Partial<Policy>;
  readonly subscription?: Partial<Subscription>;
  readonly evidence?: Partial<Evidence> & { readonly reads?: number };
};

export function open({ payments, policy, subscription, evidence }: OpeningCase): RecoveryDriver {
  const driver = new RecoveryDriver(policy);
  driver.open(payments, subscription, evidence);
  return driver;
}

/** Follow-ups that are shorter than the gaps of an opening. */
export const SHORT_FOLLOW_UP = retryPolicy({ followUpMs: [5 * MINUTE_MS] });
