import { startLastNotice } from "../debt/ending.ts";
import { because, startRead, tell, type Turn, update } from "../draft/draft.ts";
import { exhaust } from "../due-steps.ts";
import type { CancelOutcome, NoticeOutcome } from "../state/event.ts";
import { NOTICE_WORDS } from "../state/notice.ts";
import { describeInstant, MINUTE_MS } from "../values/time.ts";

/** What became of a notice. None of it holds up the recovery. */
export function onNotice(turn: Turn, outcome: NoticeOutcome): void {
  switch (outcome.kind) {
    case "sent":
      if (turn.recovery.debt !== null) update(turn, { delivered: turn.recovery.delivered + 1 });
      because(turn, "notice.sent", `the mail server took it, as \`${outcome.messageId}\``);
      return;
    case "undeliverable":
      because(turn, "notice.undeliverable", outcome.detail);
      tell(turn, "undeliverable", outcome.detail);
      return;
    case "not_sent":
      if (outcome.why === "shadow") {
        if (turn.recovery.debt !== null) update(turn, { delivered: turn.recovery.delivered + 1 });
        because(
          turn,
          "notice.shadowed",
          `${NOTICE_WORDS[outcome.notice]} would have been sent now`,
        );
        return;
      }
      if (outcome.why === "too_many") {
        holdBack(turn, outcome);
        return;
      }
      because(turn, "notice.not_sent", outcome.why);
      if (turn.recovery.debt !== null) startRead(turn, "a notice had lost its reason");
      return;
  }
}

/** Whoever counts may have a clock that is behind: it is not asked again at once. */
const HELD_BACK_MIN_MS = 10 * MINUTE_MS;

/** It is due again then, unless what it says is over by that time. */
function holdBack(
  turn: Turn,
  { key, until }: Extract<NoticeOutcome, { readonly why: "too_many" }>,
): void {
  const notices = turn.recovery.notices.filter((one) => one !== key);
  const noticesFrom = Math.max(until, turn.now + HELD_BACK_MIN_MS);
  update(turn, { notices, noticesFrom });
  because(turn, "notice.held_back", `no notice before ${describeInstant(noticesFrom)}`);
}

/** What came of cancelling the subscription at the window's end. */
export function onCancelled(turn: Turn, outcome: CancelOutcome): void {
  if (turn.recovery.debt === null || turn.recovery.paid !== null) {
    because(turn, "event.ignored", "the debt was paid meanwhile");
    if (outcome.kind === "cancelled") tell(turn, "cancelled_though_paid", "");
    return;
  }
  if (outcome.kind === "not_cancelled" && outcome.why === "paid") {
    because(turn, "window.look", "paid at the last moment");
    startRead(turn, "paid at the last moment");
    return;
  }
  if (outcome.kind === "refused") tell(turn, "not_cancelled", outcome.code);
  const done =
    outcome.kind === "cancelled"
      ? "the subscription is cancelled"
      : outcome.kind === "not_cancelled"
        ? "in shadow mode it is not cancelled"
        : "not cancelled";
  if (outcome.kind !== "refused") startLastNotice(turn, turn.recovery.debt, "cancelled");
  exhaust(turn, `unpaid at the end of the window; ${done}`);
}
