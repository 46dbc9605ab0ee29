import type { NoticeStep } from "../../domain/state/notice.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import type { PaidWith } from "../../platform/customer/paid-with.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";

/** The facts of a notice, read from Dodo when it is sent. Days and amounts have the reader's format. */
export type NoticeFacts = {
  readonly recipient: Recipient;
  readonly brand: Brand;
  /** The logo's address inside the mail. */
  readonly logoUrl: string | null;
  readonly customerName: string | null;
  /** What the customer bought; null if Dodo does not tell. */
  readonly productName: string | null;
  readonly amount: string;
  /** The day of the payment that the notice is about, `October 5`; null if it is not known. */
  readonly paidOn: string | null;
  readonly paidWith: PaidWith | null;
  /** Null if the reason is unknown or masked. */
  readonly declineCode: string | null;
  readonly nextAttempt: When | null;
  readonly deadline: When;
  /** Days of the reader's calendar until the deadline. */
  readonly daysLeft: number;
  readonly step: NoticeStep;
  /** The policy cancels the subscription if it is not paid. */
  readonly cancelsAtEnd: boolean;
  /** `confirm_payment` only: Dodo has a page for the payment that waits for the customer. */
  readonly hasPage: boolean;
  /** The customer's page; null if there is nothing left to do. */
  readonly link: string | null;
};

export type When = {
  /** `October 8`, for a sentence. */
  readonly day: string;
  /** With weekday, time and zone, for the list of facts. */
  readonly moment: string;
};
