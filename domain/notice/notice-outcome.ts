import { startClosingNotice } from "../debt/ending.ts";
import { onReplaced } from "../debt/replaced.ts";
import { exhaust } from "../debt/window-end.ts";
import { notifyOperator } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import type { Announcement } from "../state/attempt.ts";
import type { CancelOutcome, NoticeOutcome } from "../state/event.ts";
import { isUnannouncedImport } from "../state/facts.ts";
import { NOTICE_WORDS } from "../state/notice.ts";
import { describeInstant, MINUTE_MS } from "../values/time.ts";
import { announcementKeyOf } from "./announcement.ts";

/**
 * Records the outcome of a notice. The recovery waits for none, except for the announcement of an attempt.
 * @param key of the notice; null where an earlier version started it
 */
export function onNotice(draft: DecisionDraft, key: string | null, outcome: NoticeOutcome): void {
  recordAnnouncement(draft, key, outcome);
  switch (outcome.kind) {
    case "sent":
      countDelivered(draft, key);
      if (outcome.shown !== undefined) update(draft, { shown: outcome.shown });
      explain(draft, "notice.sent", `the mail server accepted it as \`${outcome.messageId}\``);
      return;
    case "undeliverable":
      explain(draft, "notice.undeliverable", outcome.detail);
      notifyOperator(draft, { cause: "notice_undeliverable", detail: outcome.detail });
      return;
    case "unsent":
      explain(draft, "notice.unsent", outcome.detail);
      notifyOperator(draft, { cause: "sender_refused", detail: outcome.detail });
      return;
    case "not_sent":
      if (outcome.why === "shadow") {
        countDelivered(draft, key);
        explain(
          draft,
          "notice.shadowed",
          `${NOTICE_WORDS[outcome.notice]} would have been sent now`,
        );
        return;
      }
      if (outcome.why === "weekly_cap_reached") {
        deferNotice(draft, outcome);
        return;
      }
      if (outcome.why === "replaced") {
        onNoticeReplaced(draft, outcome);
        return;
      }
      explain(
        draft,
        "notice.not_sent",
        `the notice is no longer due: ${outcome.why.replaceAll("_", " ")}`,
      );
      if (draft.recovery.debt !== null) startRead(draft, "why a notice is no longer due");
      return;
  }
}

/** Counts the notices about the current debt; the receipt of the debt before it may arrive late. */
function countDelivered(draft: DecisionDraft, key: string | null): void {
  const { debt, notices, noticesDelivered } = draft.recovery;
  if (debt === null || (key !== null && !notices.includes(key))) return;
  update(draft, { noticesDelivered: noticesDelivered + 1 });
}

/** Records on the planned attempt how its announcement ended. */
function recordAnnouncement(
  draft: DecisionDraft,
  key: string | null,
  outcome: NoticeOutcome,
): void {
  const { plan } = draft.recovery;
  const announcement = announcementOf(outcome);
  if (plan === null || announcement === null) return;
  if (key === null || key !== announcementKeyOf(draft.recovery, draft.policy)) return;
  const { unannouncedSince, ...rest } = plan;
  // A dead address holds no other attempt than that of an import.
  const isWaiting =
    announcement === "unsent" || (announcement !== "sent" && isUnannouncedImport(draft.recovery));
  const waits = isWaiting && unannouncedSince !== undefined;
  update(draft, { plan: { ...rest, announcement, ...(waits ? { unannouncedSince } : {}) } });
}

/** How an announcement ended that was not sent; null where it counts as made, or is forgotten and made again. */
const NOT_SENT = {
  shadow: null,
  replaced: null,
  weekly_cap_reached: "withheld",
  // The debt seemed to have ended. Where it has not, the attempt waits for a new announcement.
  paid: "unsent",
  status_changed: "unsent",
  opted_out: "unsent",
} as const satisfies Readonly<
  Record<(NoticeOutcome & { readonly kind: "not_sent" })["why"], Announcement | null>
>;

function announcementOf(outcome: NoticeOutcome): Announcement | null {
  switch (outcome.kind) {
    case "sent":
    case "undeliverable":
    case "unsent":
      return outcome.kind;
    case "not_sent":
      return NOT_SENT[outcome.why];
  }
}

/** The customer has bought the same product again. If the debt stays, the notice is due again. */
function onNoticeReplaced(
  draft: DecisionDraft,
  { key, debtId, replacement }: Extract<NoticeOutcome, { readonly why: "replaced" }>,
): void {
  if (draft.recovery.debt?.id !== debtId) {
    explain(draft, "notice.not_sent", "the debt has ended meanwhile");
    return;
  }
  forgetNotice(draft, key);
  explain(draft, "notice.not_sent", "the customer has bought the same product again");
  onReplaced(draft, replacement);
}

/** The notice was not sent, and may be sent later. */
function forgetNotice(draft: DecisionDraft, key: string): void {
  update(draft, { notices: draft.recovery.notices.filter((one) => one !== key) });
}

/** The counter's clock may lag, so wait at least this long. */
const DEFERRED_MIN_MS = 10 * MINUTE_MS;

/** The notice is due again at `noticesFrom`, unless its reason is gone by then. */
function deferNotice(
  draft: DecisionDraft,
  { key, until }: Extract<NoticeOutcome, { readonly why: "weekly_cap_reached" }>,
): void {
  forgetNotice(draft, key);
  const noticesFrom = Math.max(until, draft.now + DEFERRED_MIN_MS);
  update(draft, { noticesFrom });
  explain(draft, "notice.deferred", `no notice before ${describeInstant(noticesFrom)}`);
}

/** Applies the outcome of cancelling the subscription at the window's end. */
export function onCancelled(draft: DecisionDraft, outcome: CancelOutcome): void {
  if (draft.recovery.debt === null || draft.recovery.settlement !== null) {
    explain(draft, "event.ignored", "the debt was paid meanwhile");
    if (outcome.kind === "cancelled") notifyOperator(draft, { cause: "cancelled_though_paid" });
    return;
  }
  if (outcome.kind === "not_cancelled" && outcome.why === "paid") {
    explain(draft, "window.final_read", "the debt was paid just before the cancellation");
    startRead(draft, "the payment just before the cancellation");
    return;
  }
  if (outcome.kind === "refused")
    notifyOperator(draft, {
      cause: "not_cancelled",
      code: outcome.code,
      ...(outcome.answer === undefined ? {} : { answer: outcome.answer }),
    });
  const done =
    outcome.kind === "cancelled"
      ? "the subscription is cancelled"
      : outcome.kind === "not_cancelled"
        ? "shadow mode does not cancel the subscription"
        : "Dodo refused to cancel the subscription";
  if (outcome.kind !== "refused") startClosingNotice(draft, draft.recovery.debt, "cancelled");
  exhaust(draft, `unpaid at the end of the window; ${done}`);
}
