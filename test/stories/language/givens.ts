import type { Mode } from "../../../domain/state/outcome.ts";
import { type Amount, parseAmount, parseClock, parseSentence, type Pattern } from "./sentence.ts";

/** What holds from the beginning of a story. */
export type Given = {
  readonly price: Amount;
  /** The customer makes payments without a subscription. */
  readonly oneTime: boolean;
  readonly mode: Mode;
  /** Time of day of the authorization, 61 days before day 0: milliseconds after midnight. */
  readonly authorizedAtMs: number;
  readonly onDemand: boolean;
  readonly tax: { readonly rate: number; readonly inclusive: boolean };
  /** Of payments that have not succeeded. */
  readonly unsettledTax: "withheld" | "given";
  readonly lineItems: "taxed" | "untaxed";
  /** The subscription's status after a failed charge; `unchanged`: it stays active. */
  readonly statusAfterFailure: "on_hold" | "past_due" | "unchanged";
  readonly graceDays: number;
  readonly reactivatedByPayment: boolean;
  /** The customer disputed another payment two days before day 0. */
  readonly recentDispute: boolean;
  readonly chargeableOnHold: boolean;
  /** Dodo refuses a charge while another payment is open. */
  readonly refusesWhilePending: boolean;
  /** Dodo has a page for a charge that waits for the customer. */
  readonly confirmationPage: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly policyYaml: string;
};

export const DEFAULT_GIVEN: Omit<Given, "price" | "authorizedAtMs"> = {
  oneTime: false,
  mode: "act",
  onDemand: true,
  tax: { rate: 0, inclusive: false },
  unsettledTax: "given",
  lineItems: "untaxed",
  statusAfterFailure: "on_hold",
  graceDays: 0,
  reactivatedByPayment: true,
  recentDispute: false,
  chargeableOnHold: true,
  refusesWhilePending: true,
  confirmationPage: true,
  metadata: {},
  policyYaml: "",
};

const subscription = (kind: string, onDemand: boolean): Pattern<Partial<Given>> => [
  `${kind} subscription of {amount}, authorized at {clock}`,
  ({ amount, clock }) => ({
    price: parseAmount(amount),
    authorizedAtMs: parseClock(clock),
    onDemand,
  }),
];

const GIVENS: readonly Pattern<Partial<Given>>[] = [
  subscription("an on-demand", true),
  subscription("a scheduled", false),
  [
    "a one-time payment of {amount}",
    ({ amount }) => ({ price: parseAmount(amount), authorizedAtMs: 0, oneTime: true }),
  ],
  ["Reprise runs in shadow mode", () => ({ mode: "shadow" })],
  ["Reprise runs in advise mode", () => ({ mode: "advise" })],
  [
    "{number} % tax is added to the price",
    ({ number }) => ({ tax: { rate: Number(number) / 100, inclusive: false } }),
  ],
  [
    "the price includes {number} % tax",
    ({ number }) => ({ tax: { rate: Number(number) / 100, inclusive: true } }),
  ],
  ["Dodo does not give the tax of a failed payment", () => ({ unsettledTax: "withheld" })],
  [
    "Dodo gives the tax of a failed payment in its line items only",
    () => ({ unsettledTax: "withheld", lineItems: "taxed" }),
  ],
  ["a failed charge leaves the subscription active", () => ({ statusAfterFailure: "unchanged" })],
  [
    "a failed charge makes the subscription past_due for {number} days",
    ({ number }) => ({ statusAfterFailure: "past_due", graceDays: Number(number) }),
  ],
  ["the customer disputed a payment two days earlier", () => ({ recentDispute: true })],
  ["a payment does not reactivate the subscription", () => ({ reactivatedByPayment: false })],
  ["Dodo refuses charges while the subscription is on hold", () => ({ chargeableOnHold: false })],
  ["Dodo accepts charges while another payment is open", () => ({ refusesWhilePending: false })],
  [
    "Dodo has no page for a charge that waits for the customer",
    () => ({ confirmationPage: false }),
  ],
  ["metadata {name} = {value}", ({ name = "", value = "" }) => ({ metadata: { [name]: value } })],
];

export const parseGiven = (sentence: string): Partial<Given> => parseSentence(sentence, GIVENS);
