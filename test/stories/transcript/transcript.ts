import type { NoticeKind } from "../../../domain/state/notice.ts";
import { describeMoney, money } from "../../../domain/values/money.ts";
import { DAY_MS, MINUTE_MS } from "../../../domain/values/time.ts";
import {
  checkoutEndText,
  checkoutMailText,
  importText,
  orderText,
  sweepText,
} from "./account-lines.ts";
import type {
  AdviceFact,
  DebtEnd,
  Fact,
  MailFact,
  PageKind,
  PaymentEnd,
  PaymentFact,
  PaymentMaker,
  UnpaidFact,
} from "./facts.ts";

type Line = { readonly at: number; readonly rank: number; readonly text: string };

/** The order of lines within a minute: seconds differ between the two runs. */
const RANK = {
  payment: 0,
  sweep: 1,
  refusal: 2,
  operator: 3,
  advice: 4,
  mail: 5,
  cancel: 6,
  end: 7,
} as const;

/** One line for each fact, in order of time. */
export function transcriptOf(facts: readonly Fact[]): string[] {
  return facts
    .flatMap(linesOf)
    .toSorted((a, b) => minuteOf(a) - minuteOf(b) || a.rank - b.rank || withinRank(a, b))
    .map(({ at, text }) => `${timeOf(at)}  ${text}`);
}

const minuteOf = ({ at }: { readonly at: number }): number => Math.floor(at / MINUTE_MS);

/** Within a minute, payments stay in order of time and sweeps in order of the facts; all other lines are sorted by text. */
function withinRank(a: Line, b: Line): number {
  if (a.rank === RANK.payment) return a.at - b.at;
  if (a.rank === RANK.sweep) return 0;
  return a.text < b.text ? -1 : Number(a.text > b.text);
}

/** `day 3 13:10`, padded so that all texts start in one column. */
function timeOf(at: number): string {
  const day = Math.floor(at / DAY_MS);
  const clock = new Date(at - day * DAY_MS).toISOString().slice(11, 16);
  return `day ${day} ${clock}`.padEnd(12);
}

function linesOf(fact: Fact): Line[] {
  const line = (rank: number, text: string): Line[] => [{ at: fact.at, rank, text }];
  switch (fact.kind) {
    case "payment":
      return paymentLines(fact);
    case "no_payment": {
      const price = amount(fact.amountMinor, fact.currency);
      const maker = makerText(fact.number, fact.debt);
      return line(RANK.payment, `${maker}, ${price}: ${answerText(fact.answer)}`);
    }
    case "page_shown":
      return line(RANK.refusal, `the link in the mail shows: ${PAGE_TEXTS[fact.page]}`);
    case "operator_notified":
      return line(RANK.operator, `operator notified: ${fact.cause}`);
    case "command_refused":
      return line(RANK.refusal, `the operator's command is refused: ${fact.code}`);
    case "advice":
      return line(RANK.advice, adviceText(fact));
    case "mail":
      return line(RANK.mail, mailText(fact));
    case "sweep":
      return line(RANK.sweep, sweepText(fact));
    case "import":
      return line(RANK.sweep, importText(fact));
    case "checkout_mail":
      return line(RANK.mail, checkoutMailText(fact));
    case "checkout_end":
      return line(RANK.end, checkoutEndText(fact));
    case "cancel":
      return line(RANK.cancel, "Reprise cancels the subscription");
    case "end":
      return line(RANK.end, `ended: ${fact.debts.map(endText).join("; ")}`);
    case "open":
      return line(RANK.end, `the recovery is still open; the subscription is ${fact.status}`);
  }
}

function adviceText({ action, attempt, about }: AdviceFact): string {
  const what = about === null ? action : `${action}, ${about}`;
  return attempt === null
    ? `advice: ${what}`
    : `advice: ${what} attempt ${attempt.number} on ${timeOf(attempt.dueAt).trimEnd()}`;
}

const amount = (amountMinor: number, currency: string): string =>
  describeMoney(money(amountMinor, currency));

const PAGE_TEXTS: Readonly<Record<PageKind, string>> = {
  nothing_owed: "nothing is owed",
  being_processed: "a payment is being processed",
  confirmation: "please confirm the payment with your bank",
  unavailable: "a payment is not possible now",
};

/** A line when the payment is made, and one for each end after that minute. */
function paymentLines(fact: PaymentFact): Line[] {
  const { at, totalMinor, currency, isUnanswered, ends } = fact;
  const maker = makerText(fact.maker, fact.debt);
  const lost = isUnanswered ? ", no answer" : "";
  const sameMinute = ends.filter((end) => minuteOf(end) === minuteOf(fact));
  const outcome = sameMinute.length === 0 ? "open" : sameMinute.map(paymentEndText).join(", then ");
  const later = ends.filter((end) => !sameMinute.includes(end));
  const rank = RANK.payment;
  return [
    { at, rank, text: `${maker}, ${amount(totalMinor, currency)}${lost}: ${outcome}` },
    ...later.map((end) => ({ at: end.at, rank, text: `${maker}: ${paymentEndText(end)}` })),
  ];
}

function makerText(maker: PaymentMaker, debt: number): string {
  if (typeof maker === "number") return `attempt ${maker}${forDebt(debt)}`;
  const texts = {
    merchant: debt <= 1 ? "the merchant's charge" : `the merchant's charge ${debt}`,
    renewal: "the renewal",
    dodo: "Dodo's own retry",
    manual: "Dodo's manual retry",
    page: "the customer's payment page",
    portal: "the card change in Dodo's portal",
    saved: "the switch to another saved card",
    customer: orderText(debt),
  } as const;
  return texts[maker];
}

/** Only debts after the first are numbered. */
const forDebt = (debt: number): string => (debt <= 1 ? "" : ` for charge ${debt}`);

const paymentEndText = ({ status, code }: PaymentEnd): string =>
  status === "failed" ? `declined ${code === null ? "without a code" : shown(code)}` : status;

/** A padded code is shown with its spaces. */
const shown = (code: string): string => (/^\w+$/.test(code) ? code : JSON.stringify(code));

function answerText(answer: UnpaidFact["answer"]): string {
  if (answer === null) return "no answer, and no payment is made";
  const { httpStatus, code } = answer;
  if (httpStatus >= 500) return `HTTP ${httpStatus}, and no payment is made`;
  return `refused with ${code}, HTTP ${httpStatus}`;
}

const NOTICES: Readonly<Record<NoticeKind, string>> = {
  payment_failed: "mail “your payment failed”",
  retry_ahead: "mail “we will try again”",
  action_needed: "mail “please pay”",
  confirm_payment: "mail “please confirm your payment”",
  recovered: "mail “thank you”",
  cancelled: "mail “your subscription is cancelled”",
};

function mailText({ notice, debt, key, reason }: MailFact): string {
  const [, number = "", more = ""] = key.split(".");
  const what = `${NOTICES[notice]}${forDebt(debt)}`;
  const why = reason === null ? "no reason given" : `reason ${reason}`;
  switch (notice) {
    case "payment_failed":
      return `${what}, ${why}`;
    case "retry_ahead":
      return `${what}, before attempt ${number}${more === "" ? "" : ", rescheduled"}`;
    case "action_needed":
      return `${what}, number ${Number(more) + 1}, ${why}`;
    case "confirm_payment":
      return `${what}, ${more}`;
    case "recovered":
    case "cancelled":
      return what;
  }
}

function endText({ debt, outcome, by, rule, reactivated }: DebtEnd): string {
  const who = by === null ? "" : ` by ${by}`;
  const status = reactivated === null ? "" : reactivated ? ", reactivated" : ", not reactivated";
  return `${outcome}${who}${forDebt(debt)}${status} (${rule})`;
}
