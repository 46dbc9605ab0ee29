import type { NoticeKind } from "../../domain/state/notice.ts";
import { type LaidOut, layOut, type NoticeText } from "../mail/layout.ts";
import { actionNeeded } from "./action-needed.ts";
import { cancelled } from "./cancelled.ts";
import { confirmPayment } from "./confirm-payment.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { paymentFailed } from "./payment-failed.ts";
import { recovered } from "./recovered.ts";
import { retryAhead } from "./retry-ahead.ts";

const TEXTS: Readonly<Record<NoticeKind, (facts: NoticeFacts) => NoticeText>> = {
  payment_failed: paymentFailed,
  retry_ahead: retryAhead,
  action_needed: actionNeeded,
  confirm_payment: confirmPayment,
  recovered,
  cancelled,
};

/** @returns subject, plain text, and HTML of equal content */
export function composeNotice(kind: NoticeKind, facts: NoticeFacts): LaidOut {
  return layOut(TEXTS[kind](facts), facts);
}
