import { NOTICE_WORDS, type NoticeKind } from "../../../domain/state/notice.ts";
import { describeMoney, money } from "../../../domain/values/money.ts";
import { DAY_MS, MINUTE_MS } from "../../../domain/values/time.ts";
import {
  type CheckoutEndFact,
  checkoutEndWords,
  type CheckoutMailFact,
  checkoutMailWords,
  orderWords,
  type SweepFact,
  sweepWords,
} from "./account-facts.ts";

/**
 * Something that happened outside. `at`: milliseconds since the midnight before the story begins. `debt`: the number
 * of the merchant's charge that founded it, as ids are made anew in each world; 0 = not known.
 */
export type Fact =
  | PaymentFact
  | UnpaidFact
  | MailFact
  | SweepFact
  | CheckoutMailFact
  | CheckoutEndFact
  | { readonly kind: "page_refused"; readonly at: number; readonly page: PageKind }
  | { readonly kind: "operator"; readonly at: number; readonly cause: string }
  | { readonly kind: "operator_refused"; readonly at: number; readonly code: string }
  | { readonly kind: "cancel"; readonly at: number }
  | { readonly kind: "end"; readonly at: number; readonly debts: readonly DebtEnd[] }
  | { readonly kind: "open"; readonly at: number; readonly status: string };

export type PaymentFact = {
  readonly kind: "payment";
  readonly at: number;
  readonly who: PaymentMaker;
  readonly debt: number;
  readonly totalMinor: number;
  readonly currency: string;
  /** The request that made it was never answered. */
  readonly isUnanswered: boolean;
  readonly ends: readonly PaymentEnd[];
};

/**
 * Who made a payment: the number is an attempt's. `dodo`, `manual`: retries of a renewal. `customer`: without a
 * subscription, and `debt` counts these.
 */
export type PaymentMaker =
  "merchant" | "renewal" | "page" | "portal" | "saved" | "dodo" | "manual" | "customer" | number;

export type PaymentEnd = {
  readonly at: number;
  readonly status: string;
  readonly code: string | null;
};

/** A request that charges, and made no payment. */
export type UnpaidFact = {
  readonly kind: "no_payment";
  readonly at: number;
  readonly number: number;
  readonly debt: number;
  readonly amountMinor: number;
  readonly currency: string;
  /** Null = none came. */
  readonly answer: { readonly httpStatus: number; readonly code: string } | null;
};

export type MailFact = {
  readonly kind: "mail";
  readonly at: number;
  readonly notice: NoticeKind;
  readonly debt: number;
  /** The notice's key within its debt: `retry_ahead.2`. */
  readonly key: string;
  /** The reason that the customer is told. */
  readonly reason: string | null;
};

/** What the customer's page says instead of leading on to Dodo's. */
export type PageKind = "nothing_owed" | "being_processed" | "unavailable";

/** One of the debts that a recovery ended with, or its opening that found none. */
export type DebtEnd = {
  readonly debt: number;
  readonly outcome: string;
  readonly by: string | null;
  readonly rule: string;
  readonly reactivated: boolean | null;
};

/** A fact of absolute time, as one of the story. */
export function relativeTo(midnight: number, fact: Fact): Fact {
  const at = fact.at - midnight;
  if (fact.kind !== "payment") return { ...fact, at };
  return { ...fact, at, ends: fact.ends.map((one) => ({ ...one, at: one.at - midnight })) };
}

type Told = { readonly at: number; readonly rank: number; readonly text: string };

/** Lines of one minute stand in this order, as two worlds differ by seconds. */
const RANK = {
  payment: 0,
  sweep: 1,
  refusal: 2,
  operator: 3,
  mail: 4,
  cancel: 5,
  end: 6,
} as const;

/** What happened, a line each, in the order of time. */
export function transcriptOf(facts: readonly Fact[]): string[] {
  return facts
    .flatMap(tell)
    .toSorted((a, b) => minuteOf(a) - minuteOf(b) || a.rank - b.rank || withinRank(a, b))
    .map(({ at, text }) => `${timeOf(at)}  ${text}`);
}

const minuteOf = ({ at }: { readonly at: number }): number => Math.floor(at / MINUTE_MS);

/** Payments of one minute follow from each other, sweeps come as they are told; what is said in it is said at once. */
function withinRank(a: Told, b: Told): number {
  if (a.rank === RANK.payment) return a.at - b.at;
  if (a.rank === RANK.sweep) return 0;
  return a.text < b.text ? -1 : Number(a.text > b.text);
}

/** `day 3 13:10`, padded so that the sentences stand below each other. */
function timeOf(at: number): string {
  const day = Math.floor(at / DAY_MS);
  const clock = new Date(at - day * DAY_MS).toISOString().slice(11, 16);
  return `day ${day} ${clock}`.padEnd(12);
}

function tell(fact: Fact): Told[] {
  const line = (rank: number, text: string): Told[] => [{ at: fact.at, rank, text }];
  switch (fact.kind) {
    case "payment":
      return tellPayment(fact);
    case "no_payment": {
      const price = amount(fact.amountMinor, fact.currency);
      const maker = madeBy(fact.number, fact.debt);
      return line(RANK.payment, `${maker}, ${price}: ${answerWords(fact.answer)}`);
    }
    case "page_refused":
      return line(RANK.refusal, `the customer's button: ${PAGE_WORDS[fact.page]}`);
    case "operator":
      return line(RANK.operator, `operator told: ${fact.cause}`);
    case "operator_refused":
      return line(RANK.refusal, `the operator is refused: ${fact.code}`);
    case "mail":
      return line(RANK.mail, mailWords(fact));
    case "sweep":
      return line(RANK.sweep, sweepWords(fact));
    case "checkout_mail":
      return line(RANK.mail, checkoutMailWords(fact));
    case "checkout_end":
      return line(RANK.end, checkoutEndWords(fact));
    case "cancel":
      return line(RANK.cancel, "Dodo is asked to cancel the subscription");
    case "end":
      return line(RANK.end, `ended: ${fact.debts.map(endWords).join("; ")}`);
    case "open":
      return line(RANK.end, `still open; the subscription is ${fact.status}`);
  }
}

const amount = (amountMinor: number, currency: string): string =>
  describeMoney(money(amountMinor, currency));

const PAGE_WORDS: Readonly<Record<PageKind, string>> = {
  nothing_owed: "nothing is owed",
  being_processed: "a payment is being processed",
  unavailable: "not possible now",
};

/** One line where it is made, and one for each later end. */
function tellPayment(fact: PaymentFact): Told[] {
  const { at, totalMinor, currency, isUnanswered, ends } = fact;
  const maker = madeBy(fact.who, fact.debt);
  const lost = isUnanswered ? ", no answer" : "";
  const soon = ends.filter((end) => minuteOf(end) === minuteOf(fact));
  const how = soon.length === 0 ? "open" : soon.map(paymentEndWords).join(", then ");
  const later = ends.filter((end) => !soon.includes(end));
  const rank = RANK.payment;
  return [
    { at, rank, text: `${maker}, ${amount(totalMinor, currency)}${lost}: ${how}` },
    ...later.map((end) => ({ at: end.at, rank, text: `${maker}: ${paymentEndWords(end)}` })),
  ];
}

function madeBy(who: PaymentMaker, debt: number): string {
  if (typeof who === "number") return `attempt ${who}${ofDebt(debt)}`;
  const words = {
    merchant: debt <= 1 ? "the merchant's charge" : `the merchant's charge ${debt}`,
    renewal: "the renewal",
    dodo: "Dodo's own retry",
    manual: "Dodo's manual retry",
    page: "the customer's page",
    portal: "the card changed in the portal",
    saved: "the other saved card",
    customer: orderWords(debt),
  } as const;
  return words[who];
}

/** Only another debt than the first charge's is named. */
const ofDebt = (debt: number): string => (debt <= 1 ? "" : ` of charge ${debt}`);

const paymentEndWords = ({ status, code }: PaymentEnd): string =>
  status === "failed" ? `declined ${code === null ? "without a code" : shown(code)}` : status;

/** A padded code is shown as it is. */
const shown = (code: string): string => (/^\w+$/.test(code) ? code : JSON.stringify(code));

function answerWords(answer: UnpaidFact["answer"]): string {
  if (answer === null) return "no answer, and no payment was made";
  const { httpStatus, code } = answer;
  if (httpStatus >= 500) return `HTTP ${httpStatus}, and no payment was made`;
  return `refused, ${code} (HTTP ${httpStatus})`;
}

function mailWords({ notice, debt, key, reason }: MailFact): string {
  const [, number = "", more = ""] = key.split(".");
  const what = `${NOTICE_WORDS[notice]}${ofDebt(debt)}`;
  const why = reason === null ? "without a reason" : `reason ${reason}`;
  switch (notice) {
    case "payment_failed":
      return `${what}, ${why}`;
    case "retry_ahead":
      return `${what}, before attempt ${number}${more === "" ? "" : ", which is moved"}`;
    case "action_needed":
      return `${what}, number ${Number(more) + 1}, ${why}`;
    case "recovered":
    case "cancelled":
      return what;
  }
}

function endWords({ debt, outcome, by, rule, reactivated }: DebtEnd): string {
  const who = by === null ? "" : ` by ${by}`;
  const back = reactivated === null ? "" : reactivated ? ", active again" : ", not active again";
  const which = debt <= 1 ? "" : `, charge ${debt}`;
  return `${outcome}${who}${back}${which} (${rule})`;
}
