import type { Mode } from "../../../domain/state/outcome.ts";
import { CHECKOUT_GIVENS } from "./checkout-events.ts";
import { type Amount, amountOf, clockMs, type Form, read } from "./sentence.ts";

/** How a payment ends, or that it does not. */
export type End =
  | { readonly kind: "succeeds" }
  | { readonly kind: "declined"; readonly code: string | null }
  | { readonly kind: "stays"; readonly status: string };

/** What becomes of one request by which Reprise charges. */
export type Answer =
  | End
  | { readonly kind: "refused"; readonly code: string; readonly httpStatus: number }
  /** The answer is lost; `made`: the payment was made all the same. */
  | { readonly kind: "lost"; readonly made: boolean }
  | { readonly kind: "error"; readonly made: boolean; readonly httpStatus: number };

export type OperatorAction =
  | "pauses"
  | "resumes"
  | "resumes_as_another_debt"
  | "charges"
  | "charges_confirmed"
  | "marks_paid"
  | "writes_off"
  | "cancels";

/** One thing that the world does. */
export type What =
  | { readonly do: "sweep" }
  | {
      readonly do: "charge";
      readonly amount: Amount;
      readonly end: End;
      readonly metadata: Readonly<Record<string, string>>;
    }
  | { readonly do: "charge_for_two"; readonly amount: Amount; readonly end: End }
  | { readonly do: "dodo_retries"; readonly end: End }
  | { readonly do: "lost_recovery_charges"; readonly number: number; readonly end: End }
  | { readonly do: "attempt_ends"; readonly number: number; readonly end: End }
  | { readonly do: "merchant_charge_ends"; readonly end: End }
  | { readonly do: "money_back"; readonly number: number; readonly how: "refunded" | "disputed" }
  | { readonly do: "press_button" }
  | { readonly do: "pay_on_page"; readonly end: End }
  | { readonly do: "change_card"; readonly end: End }
  | { readonly do: "use_saved_card"; readonly end: End }
  | { readonly do: "cancel"; readonly when: "now" | "next_billing_date" | "never" }
  | { readonly do: "status"; readonly status: string; readonly paused: boolean }
  | { readonly do: "metadata"; readonly name: string; readonly value: string }
  | { readonly do: "webhooks"; readonly how: "lose" | "deliver" | "deliver_lost" | "replay" }
  | { readonly do: "lost_webhook"; readonly type: string }
  | { readonly do: "event"; readonly type: string }
  | { readonly do: "tax"; readonly rate: number }
  | { readonly do: "operator"; readonly action: OperatorAction }
  | { readonly do: "policy"; readonly yaml: string }
  | { readonly do: "time_passes" }
  | { readonly do: "stop" };

/** What holds from the beginning. */
export type Given = {
  readonly price: Amount;
  /** There is no subscription, but payments without one. */
  readonly oneTime: boolean;
  readonly mode: Mode;
  /** Milliseconds after midnight, 61 days before day 0. */
  readonly authorizedAtMs: number;
  readonly onDemand: boolean;
  readonly tax: { readonly rate: number; readonly inclusive: boolean };
  readonly onFailure: "on_hold" | "past_due" | "stay";
  readonly graceDays: number;
  readonly comesBack: boolean;
  /** The customer disputed another payment two days before. */
  readonly disputed: boolean;
  readonly chargedOnHold: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly policyYaml: string;
};

export const NOTHING_GIVEN: Omit<Given, "price" | "authorizedAtMs"> = {
  oneTime: false,
  mode: "act",
  onDemand: true,
  tax: { rate: 0, inclusive: false },
  onFailure: "on_hold",
  graceDays: 0,
  comesBack: true,
  disputed: false,
  chargedOnHold: true,
  metadata: {},
  policyYaml: "",
};

function endOf(text = ""): End {
  if (text === "succeeds") return { kind: "succeeds" };
  if (text === "declined without a code") return { kind: "declined", code: null };
  const [verb, rest = ""] = text.split(/ (.*)/s);
  if (verb === "stays") return { kind: "stays", status: rest };
  return { kind: "declined", code: rest.replaceAll('"', "") };
}

const operator = (verb: string, action: OperatorAction): Form<What> => [
  `the operator ${verb}`,
  () => ({ do: "operator", action }),
];

const HAPPENINGS: readonly Form<What>[] = [
  [
    "the merchant charges {amount}: {end}",
    ({ amount, end }) => ({
      do: "charge",
      amount: amountOf(amount),
      end: endOf(end),
      metadata: {},
    }),
  ],
  [
    "the merchant charges {amount} for two subscriptions at once: {end}",
    ({ amount, end }) => ({ do: "charge_for_two", amount: amountOf(amount), end: endOf(end) }),
  ],
  [
    "Dodo charges the renewal of {amount}: {end}",
    ({ amount, end }) => ({
      do: "charge",
      amount: amountOf(amount),
      end: endOf(end),
      metadata: {},
    }),
  ],
  [
    "the merchant charges {amount} with metadata {name} {value}: {end}",
    ({ amount, end, name = "", value = "" }) => ({
      do: "charge",
      amount: amountOf(amount),
      end: endOf(end),
      metadata: { [name]: value },
    }),
  ],
  [
    "Dodo itself retries the renewal: {end}",
    ({ end }) => ({ do: "dodo_retries", end: endOf(end) }),
  ],
  [
    "a recovery that Temporal has lost charges, as attempt {number}: {end}",
    ({ number, end }) => ({
      do: "lost_recovery_charges",
      number: Number(number),
      end: endOf(end),
    }),
  ],
  [
    "attempt {number} ends: {end}",
    ({ number, end }) => ({ do: "attempt_ends", number: Number(number), end: endOf(end) }),
  ],
  [
    "the merchant's charge ends: {end}",
    ({ end }) => ({ do: "merchant_charge_ends", end: endOf(end) }),
  ],
  [
    "attempt {number} is {how}",
    ({ number, how }) => ({
      do: "money_back",
      number: Number(number),
      how: how === "disputed" ? "disputed" : "refunded",
    }),
  ],
  ["the customer presses the button in the mail", () => ({ do: "press_button" })],
  ["the customer pays on the page: {end}", ({ end }) => ({ do: "pay_on_page", end: endOf(end) })],
  [
    "the customer changes the card in the portal: {end}",
    ({ end }) => ({ do: "change_card", end: endOf(end) }),
  ],
  [
    "the merchant switches to another saved card: {end}",
    ({ end }) => ({ do: "use_saved_card", end: endOf(end) }),
  ],
  ["the subscription is cancelled at once", () => ({ do: "cancel", when: "now" })],
  [
    "the customer cancels for the next billing date",
    () => ({ do: "cancel", when: "next_billing_date" }),
  ],
  ["the customer takes the cancellation back", () => ({ do: "cancel", when: "never" })],
  [
    "Dodo sets the subscription to {status}",
    ({ status = "" }) => ({ do: "status", status, paused: false }),
  ],
  [
    "Dodo sets the subscription to {status}, for an unpaid pause",
    ({ status = "" }) => ({ do: "status", status, paused: true }),
  ],
  [
    "the merchant sets metadata {name} to {value}",
    ({ name = "", value = "" }) => ({ do: "metadata", name, value }),
  ],
  ["from here on webhooks are lost", () => ({ do: "webhooks", how: "lose" })],
  ["from here on webhooks arrive again", () => ({ do: "webhooks", how: "deliver" })],
  ["the lost webhooks arrive", () => ({ do: "webhooks", how: "deliver_lost" })],
  ["the lost {type} arrives", ({ type = "" }) => ({ do: "lost_webhook", type })],
  ["all webhooks so far arrive once more", () => ({ do: "webhooks", how: "replay" })],
  ["the tax rate becomes {number} %", ({ number }) => ({ do: "tax", rate: Number(number) / 100 })],
  ["Dodo sends {type}", ({ type = "" }) => ({ do: "event", type })],
  operator("pauses the recovery", "pauses"),
  operator("resumes the recovery", "resumes"),
  operator(
    "resumes the recovery: the other charge is a debt of its own",
    "resumes_as_another_debt",
  ),
  operator("charges now", "charges"),
  operator("charges now, having looked in Dodo", "charges_confirmed"),
  operator("marks the debt as paid", "marks_paid"),
  operator("writes the debt off", "writes_off"),
  operator("cancels the workflow in Temporal", "cancels"),
  ["the policy file now says {yaml}", ({ yaml = "" }) => ({ do: "policy", yaml })],
  ["the next billing date comes", () => ({ do: "time_passes" })],
  ["the sweep comes by", () => ({ do: "sweep" })],
  ["the story stops here", () => ({ do: "stop" })],
];

const ANSWERS: readonly Form<Answer>[] = [
  ["{end}", ({ end }) => endOf(end)],
  [
    "refused with {code}, HTTP {number}",
    ({ code = "", number }) => ({ kind: "refused", code, httpStatus: Number(number) }),
  ],
  ["no answer, though the payment is made", () => ({ kind: "lost", made: true })],
  ["no answer, and no payment is made", () => ({ kind: "lost", made: false })],
  [
    "HTTP {number}, though the payment is made",
    ({ number }) => ({ kind: "error", made: true, httpStatus: Number(number) }),
  ],
  [
    "HTTP {number}, and no payment is made",
    ({ number }) => ({ kind: "error", made: false, httpStatus: Number(number) }),
  ],
];

type Patch = Partial<Given>;

const subscription = (kind: string, onDemand: boolean): Form<Patch> => [
  `${kind} subscription of {amount}, authorized at {clock}`,
  ({ amount, clock }) => ({ price: amountOf(amount), authorizedAtMs: clockMs(clock), onDemand }),
];

const GIVENS: readonly Form<Patch>[] = [
  subscription("an on-demand", true),
  subscription("a scheduled", false),
  ...CHECKOUT_GIVENS,
  ["Reprise runs in shadow mode", () => ({ mode: "shadow" })],
  [
    "tax of {number} % on top",
    ({ number }) => ({ tax: { rate: Number(number) / 100, inclusive: false } }),
  ],
  [
    "tax of {number} % in the price",
    ({ number }) => ({ tax: { rate: Number(number) / 100, inclusive: true } }),
  ],
  ["a failed charge leaves it active", () => ({ onFailure: "stay" })],
  [
    "a failed charge makes it past_due for {number} days",
    ({ number }) => ({ onFailure: "past_due", graceDays: Number(number) }),
  ],
  ["the customer disputed a payment lately", () => ({ disputed: true })],
  ["a payment does not bring it back", () => ({ comesBack: false })],
  ["it cannot be charged while it is on hold", () => ({ chargedOnHold: false })],
  [
    "its metadata {name} is {value}",
    ({ name = "", value = "" }) => ({ metadata: { [name]: value } }),
  ],
];

export const readHappening = (sentence: string): What => read(sentence, HAPPENINGS);
export const readAnswer = (sentence: string): Answer => read(sentence, ANSWERS);
export const readGiven = (sentence: string): Patch => read(sentence, GIVENS);
