import type { NoticeKind, NoticeStep } from "../../domain/state/notice.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";
import { type LaidOut, layOut } from "../mail/layout.ts";
import { actionNeeded } from "./action-needed.ts";
import { cancelled } from "./cancelled.ts";
import { paymentFailed } from "./payment-failed.ts";
import { recovered } from "./recovered.ts";
import { retryAhead } from "./retry-ahead.ts";

/** All that a notice may say; made from what Dodo says when it is sent. Days and amounts are the reader's own. */
export type NoticeFacts = {
  readonly recipient: Recipient;
  readonly brand: Brand;
  /** Where the logo is, seen from the mail. */
  readonly logoUrl: string | null;
  readonly customerName: string | null;
  readonly amount: string;
  readonly paidWith: PaidWith | null;
  /** Null where the reason is unknown, or must not be told. */
  readonly declineCode: string | null;
  readonly nextAttempt: When | null;
  readonly deadline: When;
  /** Days of the reader's calendar until the deadline. */
  readonly daysLeft: number;
  readonly step: NoticeStep;
  /** The policy cancels the subscription if it is not paid. */
  readonly cancelsAtEnd: boolean;
  /** The customer's page; null where nothing is left to do. */
  readonly link: string | null;
};

/** A card by brand and last four, or another way to pay by its name. */
export type PaidWith = { readonly label: "fact.card" | "fact.method"; readonly name: string };

export type When = {
  /** `October 8`, for a sentence. */
  readonly day: string;
  /** With weekday, time and zone, for the list of facts. */
  readonly moment: string;
};

/** A notice before it is laid out. */
export type NoticeText = {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly Fact[];
  readonly button: Button | null;
  /** Said below the button. */
  readonly afterwards: readonly string[];
};

export type Fact = { readonly label: string; readonly value: string };
export type Button = { readonly label: string; readonly href: string };

const TEXTS: Readonly<Record<NoticeKind, (facts: NoticeFacts) => NoticeText>> = {
  payment_failed: paymentFailed,
  retry_ahead: retryAhead,
  action_needed: actionNeeded,
  recovered,
  cancelled,
};

/** @returns subject, plain text, and HTML of equal content */
export function composeNotice(kind: NoticeKind, facts: NoticeFacts): LaidOut {
  return layOut(TEXTS[kind](facts), facts);
}
