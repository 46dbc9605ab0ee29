import { type Alert, type Attention, isSameAlert } from "../state/alert.ts";
import type { AttentionCause } from "../state/attention.ts";
import { type DecisionDraft, startEffect, update } from "./draft.ts";

/** How many alerts of a debt are remembered, so that each is sent once. */
const ALERTS_MAX = 20;

/** Sends an alert to the operator, once per debt. The recovery continues. */
export function notifyOperator(draft: DecisionDraft, alert: Alert): void {
  const { alertsSent } = draft.recovery;
  if (alertsSent.some((sent) => isSameAlert(sent, alert))) return;
  update(draft, { alertsSent: [...alertsSent, alert].slice(-ALERTS_MAX) });
  startEffect(draft, { kind: "notify_operator", alert });
}

/** How many open questions are kept. */
const ATTENTION_MAX = 10;

/**
 * Asks the operator: the recovery waits and its window stands still. Without a debt or an opening there is nothing to
 * wait for, so the operator is only notified.
 */
export function raiseAttention(draft: DecisionDraft, alert: Alert): void {
  const { attention, debt, opening } = draft.recovery;
  if (debt !== null || opening !== null) {
    if (attention.some((question) => isSameAlert(question, alert))) return;
    const question: Attention = { ...alert, since: draft.now };
    update(draft, { attention: [...attention, question].slice(-ATTENTION_MAX) });
    pauseWindow(draft);
  }
  notifyOperator(draft, alert);
}

/** Closes the questions of these causes. The window resumes unless something else holds it. */
export function resolveAttention(draft: DecisionDraft, causes: readonly AttentionCause[]): void {
  const { attention, alertsSent } = draft.recovery;
  const isResolved = ({ cause }: Alert): boolean => causes.includes(cause);
  if (!attention.some(isResolved)) return;
  update(draft, {
    attention: attention.filter((question) => !isResolved(question)),
    // The same question, asked again later, is sent again.
    alertsSent: alertsSent.filter((alert) => !isResolved(alert)),
  });
  resumeWindow(draft);
}

/** Stops the window. */
export function pauseWindow(draft: DecisionDraft): void {
  if (draft.recovery.windowEndsAt !== null && draft.recovery.windowStoppedAt === null) {
    update(draft, { windowStoppedAt: draft.now });
  }
}

/** Resumes the window and extends it by the time it stood still, unless a pause or a question still holds it. */
export function resumeWindow(draft: DecisionDraft): void {
  const { windowEndsAt, windowStoppedAt, paused, attention } = draft.recovery;
  if (windowEndsAt === null || windowStoppedAt === null) return;
  if (paused !== null || attention.length > 0) return;
  update(draft, {
    windowEndsAt: windowEndsAt + (draft.now - windowStoppedAt),
    windowStoppedAt: null,
  });
}
