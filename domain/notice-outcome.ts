import type { NoticeOutcome } from "./event.ts";
import { NOTICE_WORDS } from "./notice.ts";
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
      because(turn, "notice.not_sent", outcome.why);
      if (turn.recovery.debt !== null) startRead(turn, "a notice had lost its reason");
      return;
  }
}
