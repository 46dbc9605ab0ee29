import { type Alert, isSameAlert } from "../state/alert.ts";
import type { AttentionCause } from "../state/attention.ts";
import type { SubscriptionId } from "../values/ids.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../values/time.ts";

/** An alert, with its origin. */
export type OperatorReport = {
  readonly alert: Alert;
  /** Null where it concerns no single subscription. */
  readonly subscriptionId: SubscriptionId | null;
  /** The workflow that reports it; null where none does. */
  readonly workflowId: string | null;
  readonly at: Instant;
  /** Something stands still until a person acts; absent from reports of earlier versions. */
  readonly waits?: boolean;
};

/** A report that concerns the account, and no single recovery. */
export function accountReport(alert: Alert, at: Instant, waits: boolean): OperatorReport {
  return { alert, subscriptionId: null, workflowId: null, at, waits };
}

/** Reports of one cause since the last mail. */
export type Digest = {
  readonly count: number;
  /** The first of them, oldest first (bounded). */
  readonly reports: readonly OperatorReport[];
};

/** Between two mails about one cause, at least. */
const MAIL_GAP_MS = HOUR_MS;

/** Causes that stay true until the operator changes a setting: reported once, and again a month later. */
const SETTING_GAP_MS = 30 * DAY_MS;

const SETTINGS: readonly AttentionCause[] = ["dodo_cart_recovery"];

/** Between two mails about the cause, at least. */
export function mailGapOf(cause: AttentionCause): number {
  return SETTINGS.includes(cause) ? SETTING_GAP_MS : MAIL_GAP_MS;
}

/** How many reports a mail lists; it counts the others. */
const NAMED_MAX = 20;

export const EMPTY_DIGEST: Digest = { count: 0, reports: [] };

/** Adds a report; the same alert of the same workflow counts once. */
export function addReport({ count, reports }: Digest, report: OperatorReport): Digest {
  const isKnown = reports.some(
    ({ workflowId, alert }) => workflowId === report.workflowId && isSameAlert(alert, report.alert),
  );
  if (isKnown) return { count, reports };
  return { count: count + 1, reports: [...reports, report].slice(0, NAMED_MAX) };
}
