import type { NoticeKind } from "../../domain/notice.ts";
import { actionNeeded } from "./action-needed.ts";
import { layOut } from "./layout.ts";
import { paymentFailed } from "./payment-failed.ts";
import { recovered } from "./recovered.ts";
import { retryAhead } from "./retry-ahead.ts";

/** All that a notice may say; made from what Dodo says when it is sent. */
export type NoticeFacts = {
  readonly customerName: string | null;
  readonly amount: string;
  /** `Visa ending in 4242`; null where Dodo does not say. */
  readonly card: string | null;
  /** Null where the reason is unknown, or must not be told. */
  readonly declineCode: string | null;
  /** In words, UTC named. */
  readonly nextAttempt: string | null;
  readonly deadline: string;
  /** The customer's page; null where nothing is left to do. */
  readonly link: string | null;
};

/** A notice before it is laid out: plain sentences. */
export type NoticeText = {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly button: string | null;
  /** Said below the button. */
  readonly afterwards: readonly string[];
};

const TEXTS: Readonly<Record<NoticeKind, (facts: NoticeFacts) => NoticeText>> = {
  payment_failed: paymentFailed,
  retry_ahead: retryAhead,
  action_needed: actionNeeded,
  recovered,
};

/** @returns subject, plain text, and HTML of equal content */
export function composeNotice(
  kind: NoticeKind,
  facts: NoticeFacts,
): { readonly subject: string; readonly text: string; readonly html: string } {
  return layOut(TEXTS[kind](facts), facts);
}
