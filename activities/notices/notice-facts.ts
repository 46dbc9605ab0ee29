import type { NoticeStep } from "../../domain/state/notice.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";

/** All that a notice may say, from what Dodo says when it is sent. Days and amounts are written as the reader writes them. */
export type NoticeFacts = {
  readonly recipient: Recipient;
  readonly brand: Brand;
  /** Where the logo is, seen from the mail. */
  readonly logoUrl: string | null;
  readonly customerName: string | null;
  readonly amount: string;
  readonly paidWith: PaidWith | null;
  /** Null where the reason is unknown, or the customer must not learn it. */
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
