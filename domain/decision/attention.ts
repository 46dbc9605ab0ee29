import { type Alert, type Attention, isSameAlert } from "../state/alert.ts";
import type { AttentionCause } from "../state/attention.ts";
import { type DecisionDraft, startEffect, update } from "./draft.ts";
/** How many alerts about one debt are remembered, so that each is sent once. */
const ALERTS_MAX = 20;

/** Sends an alert, once for each debt. The recovery continues. */
export function notifyOperator(draft: DecisionDraft, alert: Alert): void {
  const { alertsSent } = draft.recovery;
  if (alertsSent.some((sent) => isSameAlert(sent, alert))) return;
  update(draft, { alertsSent: [...alertsSent, alert].slice(-ALERTS_MAX) });
  startEffect(draft, { kind: "notify_operator", alert });
}

/** How many open questions are kept: more would repeat them. */
const ATTENTION_MAX = 10;

/** Asks a person: the recovery waits and its window stands still. Without a debt there is nothing to wait for. */
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

/** Closes the questions of these causes: the window runs again once nothing else holds it. */
export function resolveAttention(draft: DecisionDraft, causes: readonly AttentionCause[]): void {
  const { attention, alertsSent } = draft.recovery;
  const isMeant = ({ cause }: Alert): boolean => causes.includes(cause);
  if (!attention.some(isMeant)) return;
  update(draft, {
    attention: attention.filter((question) => !isMeant(question)),
    // A question that comes again is news again.
    alertsSent: alertsSent.filter((alert) => !isMeant(alert)),
  });
  resumeWindow(draft);
}

export function pauseWindow(draft: DecisionDraft): void {
  if (draft.recovery.windowEndsAt !== null && draft.recovery.windowStoppedAt === null) {
    update(draft, { windowStoppedAt: draft.now });
  }
}

/** The window runs again, later by as long as it stood still; not while something else still holds it. */
export function resumeWindow(draft: DecisionDraft): void {
  const { windowEndsAt, windowStoppedAt, paused, attention } = draft.recovery;
  if (windowEndsAt === null || windowStoppedAt === null) return;
  if (paused !== null || attention.length > 0) return;
  update(draft, {
    windowEndsAt: windowEndsAt + (draft.now - windowStoppedAt),
    windowStoppedAt: null,
  });
}
