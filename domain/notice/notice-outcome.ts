import { startClosingNotice } from "../debt/ending.ts";
import { exhaust } from "../debt/window-end.ts";
import { notifyOperator } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import type { CancelOutcome, NoticeOutcome } from "../state/event.ts";
import { NOTICE_WORDS } from "../state/notice.ts";
import { describeInstant, MINUTE_MS } from "../values/time.ts";

/** What became of a notice. None of it holds up the recovery. */
export function onNotice(draft: DecisionDraft, outcome: NoticeOutcome): void {
  switch (outcome.kind) {
    case "sent":
      if (draft.recovery.debt !== null)
        update(draft, { noticesDelivered: draft.recovery.noticesDelivered + 1 });
      explain(draft, "notice.sent", `the mail server took it, as \`${outcome.messageId}\``);
      return;
    case "undeliverable":
      explain(draft, "notice.undeliverable", outcome.detail);
      notifyOperator(draft, { cause: "notice_undeliverable", detail: outcome.detail });
      return;
    case "not_sent":
      if (outcome.why === "shadow") {
        if (draft.recovery.debt !== null)
          update(draft, { noticesDelivered: draft.recovery.noticesDelivered + 1 });
        explain(
          draft,
          "notice.shadowed",
          `${NOTICE_WORDS[outcome.notice]} would have been sent now`,
        );
        return;
      }
      if (outcome.why === "weekly_cap_reached") {
        holdBack(draft, outcome);
        return;
      }
      explain(draft, "notice.not_sent", outcome.why);
      if (draft.recovery.debt !== null) startRead(draft, "a notice had lost its reason");
      return;
  }
}

/** Whoever counts may have a clock that is behind: it is not asked again at once. */
const HELD_BACK_MIN_MS = 10 * MINUTE_MS;

/** It is due again then, unless what it says is over by that time. */
function holdBack(
  draft: DecisionDraft,
  { key, until }: Extract<NoticeOutcome, { readonly why: "weekly_cap_reached" }>,
): void {
  const notices = draft.recovery.notices.filter((one) => one !== key);
  const noticesFrom = Math.max(until, draft.now + HELD_BACK_MIN_MS);
  update(draft, { notices, noticesFrom });
  explain(draft, "notice.deferred", `no notice before ${describeInstant(noticesFrom)}`);
}

/** What came of cancelling the subscription at the window's end. */
export function onCancelled(draft: DecisionDraft, outcome: CancelOutcome): void {
  if (draft.recovery.debt === null || draft.recovery.settlement !== null) {
    explain(draft, "event.ignored", "the debt was paid meanwhile");
    if (outcome.kind === "cancelled") notifyOperator(draft, { cause: "cancelled_though_paid" });
    return;
  }
  if (outcome.kind === "not_cancelled" && outcome.why === "paid") {
    explain(draft, "window.final_read", "paid at the last moment");
    startRead(draft, "paid at the last moment");
    return;
  }
  if (outcome.kind === "refused")
    notifyOperator(draft, { cause: "not_cancelled", code: outcome.code });
  const done =
    outcome.kind === "cancelled"
      ? "the subscription is cancelled"
      : outcome.kind === "not_cancelled"
        ? "in shadow mode it is not cancelled"
        : "not cancelled";
  if (outcome.kind !== "refused") startClosingNotice(draft, draft.recovery.debt, "cancelled");
  exhaust(draft, `unpaid at the end of the window; ${done}`);
}
