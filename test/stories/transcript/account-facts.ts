import type { CheckoutNotice } from "../../../domain/checkout/checkout.ts";
import type { Scan, SweepResult } from "../../../domain/sweep/sweep.ts";

/** A sweep that came to its end. */
export type SweepFact = {
  readonly kind: "sweep";
  readonly at: number;
  /** The lists in which it found what it opened, told and listed. */
  readonly opened: readonly Scan[];
  readonly told: readonly Scan[];
  readonly listed: readonly Scan[];
  /** Numbers of the customer's payments. */
  readonly followed: readonly number[];
  readonly isLeftAlone: boolean;
  readonly endedBefore: boolean;
};

/** A mail about a payment without a subscription. */
export type CheckoutMailFact = {
  readonly kind: "checkout_mail";
  readonly at: number;
  readonly notice: CheckoutNotice;
  /** The customer's payments, counted from 1. */
  readonly order: number;
  readonly number: number;
  readonly reason: string | null;
};

export type CheckoutEndFact = {
  readonly kind: "checkout_end";
  readonly at: number;
  readonly order: number;
  readonly outcome: string;
  readonly rule: string;
};

/** @param orderNumber of a payment without a subscription */
export function sweepFact(
  at: number,
  { opened, notified, listed, checkouts, counts }: SweepResult,
  orderNumber: (paymentId: string) => number,
): SweepFact {
  const scansOf = (found: SweepResult["opened"]): readonly Scan[] => found.map(({ why }) => why);
  return {
    kind: "sweep",
    at,
    opened: scansOf(opened),
    told: scansOf(notified),
    listed: scansOf(listed),
    followed: checkouts.map(orderNumber),
    isLeftAlone: counts.haveRecovery > 0,
    endedBefore: counts.endedBefore > 0,
  };
}

export function sweepWords(fact: SweepFact): string {
  const { opened, told, listed, followed } = fact;
  const did = [
    ...opened.map((scan) => `opens a recovery (${scan})`),
    ...told.map((scan) => `tells the open recovery (${scan})`),
    ...listed.map((scan) => `lists it for a person, and opens nothing (${scan})`),
    ...followed.map((order) => `follows ${orderWords(order)}`),
  ];
  return `the sweep ${did.length > 0 ? did.join(", ") : idleWords(fact)}`;
}

function idleWords({ isLeftAlone, endedBefore }: SweepFact): string {
  if (isLeftAlone) return "leaves the open recovery alone";
  return endedBefore ? "leaves alone what has ended" : "finds nothing to do";
}

export const orderWords = (order: number): string =>
  order <= 1 ? "the customer's payment" : `the customer's payment ${order}`;

const NOTICES: Readonly<Record<CheckoutNotice, string>> = {
  checkout_declined: "mail “the payment did not go through”",
  checkout_abandoned: "mail “the payment is not finished”",
  checkout_authentication: "mail “please confirm the payment”",
};

export function checkoutMailWords({ notice, order, number, reason }: CheckoutMailFact): string {
  const of = order <= 1 ? "" : ` of payment ${order}`;
  const why = reason === null ? "without a reason" : `reason ${reason}`;
  const said = notice === "checkout_declined" ? `, ${why}` : "";
  return `${NOTICES[notice]}${of}, number ${number}${said}`;
}

export function checkoutEndWords({ order, outcome, rule }: CheckoutEndFact): string {
  const which = order <= 1 ? "" : `, payment ${order}`;
  return `ended: ${outcome}${which} (${rule})`;
}
