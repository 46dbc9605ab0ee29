import type { NoticeKind } from "../../../domain/state/notice.ts";
import type { Publication } from "../../../domain/state/publication.ts";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import type { CheckoutEndFact, CheckoutMailFact, ImportFact, SweepFact } from "./account-facts.ts";

/**
 * Something that happened outside of Reprise. `at`: milliseconds since the midnight before the story begins. `debt`: the
 * number of the merchant's charge that failed first, because ids differ from run to run; 0 if unknown.
 */
export type Fact =
  | PaymentFact
  | UnpaidFact
  | MailFact
  | SweepFact
  | ImportFact
  | CheckoutMailFact
  | CheckoutEndFact
  /** The link in the mail leads to a page without a payment. */
  | { readonly kind: "page_shown"; readonly at: number; readonly page: PageKind }
  | { readonly kind: "operator_notified"; readonly at: number; readonly cause: string }
  | { readonly kind: "command_refused"; readonly at: number; readonly code: string }
  | AdviceFact
  | { readonly kind: "cancel"; readonly at: number }
  | { readonly kind: "end"; readonly at: number; readonly debts: readonly DebtEnd[] }
  | { readonly kind: "open"; readonly at: number; readonly status: string };

/** An outgoing webhook of advise mode. */
export type AdviceFact = {
  readonly kind: "advice";
  readonly at: number;
  readonly action: string;
  /** The number of the attempt, and when to make it; null where it advises no charge. */
  readonly attempt: { readonly number: number; readonly dueAt: number } | null;
  /** Of the message to the customer; or why a person is asked. */
  readonly about: string | null;
};

export function adviceFactsOf(publications: readonly Publication[]): AdviceFact[] {
  return publications.flatMap(({ at, advice, cause }): AdviceFact[] => {
    if (advice === undefined) return [];
    const { action, notice, attemptKey, at: dueAt } = advice;
    const number = parseAttemptKey(attemptKey)?.number ?? null;
    const attempt = number === null || dueAt === null ? null : { number, dueAt };
    return [{ kind: "advice", at, action, attempt, about: notice ?? cause }];
  });
}

export type PaymentFact = {
  readonly kind: "payment";
  readonly at: number;
  readonly maker: PaymentMaker;
  readonly debt: number;
  readonly totalMinor: number;
  readonly currency: string;
  /** The answer to the request that made it was lost. */
  readonly isUnanswered: boolean;
  readonly ends: readonly PaymentEnd[];
};

/**
 * Who made a payment: a number is that of an attempt. `dodo` and `manual` are retries of a renewal. `customer` is a
 * payment without a subscription, and `debt` is then its number.
 */
export type PaymentMaker =
  "merchant" | "renewal" | "page" | "portal" | "saved" | "dodo" | "manual" | "customer" | number;

export type PaymentEnd = {
  readonly at: number;
  readonly status: string;
  readonly code: string | null;
};

/** A charge request that made no payment. */
export type UnpaidFact = {
  readonly kind: "no_payment";
  readonly at: number;
  readonly number: number;
  readonly debt: number;
  readonly amountMinor: number;
  readonly currency: string;
  /** Null if no answer arrived. */
  readonly answer: { readonly httpStatus: number; readonly code: string } | null;
};

export type MailFact = {
  readonly kind: "mail";
  readonly at: number;
  readonly notice: NoticeKind;
  readonly debt: number;
  /** The notice's key within its debt, such as `retry_ahead.2`. */
  readonly key: string;
  /** The decline code behind the reason in the mail; null if the mail gives none. */
  readonly reason: string | null;
};

/** What the customer's page says when it does not redirect to Dodo's payment page. */
export type PageKind = "nothing_owed" | "being_processed" | "confirmation" | "unavailable";

/** The result of one debt when its recovery ended, or of an opening that found no debt. */
export type DebtEnd = {
  readonly debt: number;
  readonly outcome: string;
  readonly by: string | null;
  readonly rule: string;
  readonly reactivated: boolean | null;
};

/** Converts a fact's absolute times to the story's. */
export function relativeTo(midnight: number, fact: Fact): Fact {
  const at = fact.at - midnight;
  if (fact.kind === "advice" && fact.attempt !== null) {
    return { ...fact, at, attempt: { ...fact.attempt, dueAt: fact.attempt.dueAt - midnight } };
  }
  if (fact.kind !== "payment") return { ...fact, at };
  return { ...fact, at, ends: fact.ends.map((one) => ({ ...one, at: one.at - midnight })) };
}
