import { type Alert, isSameAlert } from "../state/alert.ts";
import type { SubscriptionId } from "../values/ids.ts";
import { HOUR_MS, type Instant } from "../values/time.ts";

/** Something an operator is to know. */
export type OperatorReport = {
  readonly alert: Alert;
  /** Null where it concerns no single one. */
  readonly subscriptionId: SubscriptionId | null;
  /** Of the workflow that tells it. */
  readonly workflowId: string | null;
  readonly at: Instant;
};

/** Reports of one cause that no mail has told yet. */
export type Digest = {
  readonly count: number;
  /** The first of them, in the order in which they came (bounded). */
  readonly reports: readonly OperatorReport[];
};

/** How often one cause is mailed, at most. */
export const MAIL_GAP_MS = HOUR_MS;

/** How many reports a mail names; it counts the others. */
const NAMED_MAX = 20;

export const EMPTY_DIGEST: Digest = { count: 0, reports: [] };

/** The same report of one recovery twice is one. */
export function addReport({ count, reports }: Digest, report: OperatorReport): Digest {
  const isKnown = reports.some(
    ({ workflowId, alert }) => workflowId === report.workflowId && isSameAlert(alert, report.alert),
  );
  if (isKnown) return { count, reports };
  return { count: count + 1, reports: [...reports, report].slice(0, NAMED_MAX) };
}
