import type { NoticeOutcome } from "./event.ts";
import { NOTICE_WORDS } from "./notice.ts";
import { describeInstant } from "./time.ts";
import { because, startRead, tell, update, type Turn } from "./turn.ts";

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

/** It is due again then, unless what it says is over by that time. */
function holdBack(
  turn: Turn,
  { key, until }: Extract<NoticeOutcome, { readonly why: "too_many" }>,
): void {
  const notices = turn.recovery.notices.filter((one) => one !== key);
  update(turn, { notices, noticesFrom: until });
  because(turn, "notice.held_back", `no notice before ${describeInstant(until)}`);
}
