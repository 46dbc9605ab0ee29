import type { CheckoutNotice } from "../../../domain/checkout/checkout.ts";
import type { CheckoutEndFact, CheckoutMailFact, ImportFact, SweepFact } from "./account-facts.ts";

export function sweepText(fact: SweepFact): string {
  const { opened, notified, listed, followed } = fact;
  const actions = [
    ...opened.map((scan) => `opens a recovery (${scan})`),
    ...notified.map((scan) => `notifies the open recovery (${scan})`),
    ...listed.map((scan) => `reports it to the operator and opens nothing (${scan})`),
    ...followed.map((order) => `follows ${orderText(order)}`),
  ];
  return `the sweep ${actions.length > 0 ? actions.join(", ") : idleText(fact)}`;
}

export const importText = ({ leftOut }: ImportFact): string =>
  leftOut === null ? "the import opens a recovery" : `the import leaves it out (${leftOut})`;

function idleText({ foundOpenRecovery, foundEndedRecovery }: SweepFact): string {
  if (foundOpenRecovery) return "leaves the open recovery alone";
  return foundEndedRecovery ? "leaves the ended recovery alone" : "finds nothing to do";
}

export const orderText = (order: number): string =>
  order <= 1 ? "the customer's payment" : `the customer's payment ${order}`;

/** Only the customer's later payments are numbered. */
const forOrder = (order: number): string => (order <= 1 ? "" : ` for payment ${order}`);

const NOTICES: Readonly<Record<CheckoutNotice, string>> = {
  checkout_declined: "mail “your payment did not go through”",
  checkout_abandoned: "mail “your payment is not complete”",
  checkout_authentication: "mail “please confirm your payment”",
};

export function checkoutMailText({ notice, order, number, reason }: CheckoutMailFact): string {
  const shown = reason === null ? "no reason given" : `reason ${reason}`;
  const why = notice === "checkout_declined" ? `, ${shown}` : "";
  return `${NOTICES[notice]}${forOrder(order)}, number ${number}${why}`;
}

export function checkoutEndText({ order, outcome, rule }: CheckoutEndFact): string {
  return `ended: ${outcome}${forOrder(order)} (${rule})`;
}
