import { parseOutcome, type PaymentOutcome } from "./outcome.ts";
import { type Amount, parseAmount, parseSentence, type Pattern } from "./sentence.ts";

export type OperatorAction =
  | "pauses"
  | "resumes"
  | "resumes_as_another_debt"
  | "charges"
  | "charges_confirmed"
  | "charges_past_dead"
  | "marks_paid"
  | "writes_off"
  | "cancels"
  | "terminates";

/** An event that makes or changes a payment. */
export type PaymentEvent =
  | {
      readonly do: "charge";
      readonly amount: Amount;
      readonly outcome: PaymentOutcome;
      readonly metadata: Readonly<Record<string, string>>;
    }
  | { readonly do: "charge_for_two"; readonly amount: Amount; readonly outcome: PaymentOutcome }
  | { readonly do: "dodo_retries"; readonly outcome: PaymentOutcome }
  /** A recovery that Temporal has lost makes an attempt, or in advise mode the merchant. */
  | {
      readonly do: "unknown_attempt";
      readonly number: number;
      readonly outcome: PaymentOutcome;
    }
  | { readonly do: "attempt_ends"; readonly number: number; readonly outcome: PaymentOutcome }
  | { readonly do: "merchant_charge_ends"; readonly outcome: PaymentOutcome }
  | { readonly do: "money_back"; readonly number: number; readonly how: "refunded" | "disputed" }
  | { readonly do: "follow_mail_link" }
  | { readonly do: "pay_on_page"; readonly outcome: PaymentOutcome }
  | { readonly do: "change_card"; readonly outcome: PaymentOutcome }
  | { readonly do: "use_saved_card"; readonly outcome: PaymentOutcome }
  /** A second subscription of the customer to the same product, and its payment. */
  | { readonly do: "buy_again" }
  /** An older subscription of the customer to the same product. */
  | { readonly do: "renew_second_seat" };

/** An event of a story about a subscription. */
export type RecoveryEvent =
  | PaymentEvent
  | { readonly do: "cancel"; readonly when: "now" | "next_billing_date" | "never" }
  | { readonly do: "next_billing_date" }
  | { readonly do: "status"; readonly status: string; readonly paused: boolean }
  | { readonly do: "metadata"; readonly name: string; readonly value: string }
  | { readonly do: "tax"; readonly rate: number }
  | { readonly do: "webhooks"; readonly how: "lose" | "deliver" | "deliver_lost" | "replay" }
  | { readonly do: "lost_webhook"; readonly type: string }
  | { readonly do: "webhook"; readonly type: string }
  | { readonly do: "operator"; readonly action: OperatorAction }
  | { readonly do: "policy"; readonly yaml: string }
  | { readonly do: "sweep" }
  /** `retry`: debts that are older than `max_debt_age` are charged too. */
  | { readonly do: "import"; readonly retry: boolean }
  | { readonly do: "stop" };

const operator = (verb: string, action: OperatorAction): Pattern<RecoveryEvent> => [
  `the operator ${verb}`,
  () => ({ do: "operator", action }),
];

const CHARGES: readonly Pattern<PaymentEvent>[] = [
  [
    "the merchant charges {amount}: {outcome}",
    ({ amount, outcome }) => ({
      do: "charge",
      amount: parseAmount(amount),
      outcome: parseOutcome(outcome),
      metadata: {},
    }),
  ],
  [
    "the merchant charges {amount} for two subscriptions at once: {outcome}",
    ({ amount, outcome }) => ({
      do: "charge_for_two",
      amount: parseAmount(amount),
      outcome: parseOutcome(outcome),
    }),
  ],
  [
    "the merchant charges {amount} with metadata {name} = {value}: {outcome}",
    ({ amount, outcome, name = "", value = "" }) => ({
      do: "charge",
      amount: parseAmount(amount),
      outcome: parseOutcome(outcome),
      metadata: { [name]: value },
    }),
  ],
  [
    "Dodo charges the renewal of {amount}: {outcome}",
    ({ amount, outcome }) => ({
      do: "charge",
      amount: parseAmount(amount),
      outcome: parseOutcome(outcome),
      metadata: {},
    }),
  ],
  [
    "Dodo retries the renewal: {outcome}",
    ({ outcome }) => ({ do: "dodo_retries", outcome: parseOutcome(outcome) }),
  ],
  [
    "a recovery that Temporal has lost makes attempt {number}: {outcome}",
    ({ number, outcome }) => ({
      do: "unknown_attempt",
      number: Number(number),
      outcome: parseOutcome(outcome),
    }),
  ],
  [
    "the merchant charges with the key of attempt {number}: {outcome}",
    ({ number, outcome }) => ({
      do: "unknown_attempt",
      number: Number(number),
      outcome: parseOutcome(outcome),
    }),
  ],
  [
    "attempt {number} ends: {outcome}",
    ({ number, outcome }) => ({
      do: "attempt_ends",
      number: Number(number),
      outcome: parseOutcome(outcome),
    }),
  ],
  [
    "the merchant's charge ends: {outcome}",
    ({ outcome }) => ({ do: "merchant_charge_ends", outcome: parseOutcome(outcome) }),
  ],
  [
    "attempt {number} is {how}",
    ({ number, how }) => ({
      do: "money_back",
      number: Number(number),
      how: how === "disputed" ? "disputed" : "refunded",
    }),
  ],
];

const CUSTOMER: readonly Pattern<PaymentEvent>[] = [
  ["the customer follows the link in the mail", () => ({ do: "follow_mail_link" })],
  [
    "the customer pays on the payment page: {outcome}",
    ({ outcome }) => ({ do: "pay_on_page", outcome: parseOutcome(outcome) }),
  ],
  [
    "the customer changes the card in Dodo's portal: {outcome}",
    ({ outcome }) => ({ do: "change_card", outcome: parseOutcome(outcome) }),
  ],
  [
    "the merchant switches to another saved card: {outcome}",
    ({ outcome }) => ({ do: "use_saved_card", outcome: parseOutcome(outcome) }),
  ],
  ["the customer buys the same product again", () => ({ do: "buy_again" })],
  ["the customer's second seat is renewed", () => ({ do: "renew_second_seat" })],
];

const SUBSCRIPTION: readonly Pattern<RecoveryEvent>[] = [
  ["the subscription is cancelled immediately", () => ({ do: "cancel", when: "now" })],
  [
    "the customer schedules a cancellation for the next billing date",
    () => ({ do: "cancel", when: "next_billing_date" }),
  ],
  ["the customer withdraws the cancellation", () => ({ do: "cancel", when: "never" })],
  ["the next billing date arrives", () => ({ do: "next_billing_date" })],
  [
    "Dodo sets the subscription to {status}",
    ({ status = "" }) => ({ do: "status", status, paused: false }),
  ],
  [
    "Dodo sets the subscription to {status} for an unpaid pause settlement",
    ({ status = "" }) => ({ do: "status", status, paused: true }),
  ],
  [
    "the merchant sets metadata {name} = {value}",
    ({ name = "", value = "" }) => ({ do: "metadata", name, value }),
  ],
  [
    "the tax rate changes to {number} %",
    ({ number }) => ({ do: "tax", rate: Number(number) / 100 }),
  ],
];

const WEBHOOKS: readonly Pattern<RecoveryEvent>[] = [
  ["webhooks stop arriving", () => ({ do: "webhooks", how: "lose" })],
  ["webhooks arrive again", () => ({ do: "webhooks", how: "deliver" })],
  ["the lost webhooks are delivered", () => ({ do: "webhooks", how: "deliver_lost" })],
  ["the lost webhook {type} is delivered", ({ type = "" }) => ({ do: "lost_webhook", type })],
  ["all webhooks so far are delivered again", () => ({ do: "webhooks", how: "replay" })],
  ["Dodo sends the webhook {type}", ({ type = "" }) => ({ do: "webhook", type })],
];

const OPERATOR: readonly Pattern<RecoveryEvent>[] = [
  operator("pauses the recovery", "pauses"),
  operator("resumes the recovery", "resumes"),
  operator(
    "resumes the recovery and makes the other charge a separate debt",
    "resumes_as_another_debt",
  ),
  operator("charges now", "charges"),
  operator("confirms that Dodo has no payment and charges now", "charges_confirmed"),
  operator("confirms that the waiting payment is dead and charges now", "charges_past_dead"),
  operator("marks the debt as paid", "marks_paid"),
  operator("writes off the debt", "writes_off"),
  operator("cancels the workflow in Temporal", "cancels"),
  operator("terminates the workflow in Temporal", "terminates"),
  ["the operator imports the subscription", () => ({ do: "import", retry: false })],
  [
    "the operator imports the subscription, old debts to be charged",
    () => ({ do: "import", retry: true }),
  ],
  ["the policy file changes to {yaml}", ({ yaml = "" }) => ({ do: "policy", yaml })],
];

const RECOVERY_EVENTS: readonly Pattern<RecoveryEvent>[] = [
  ...CHARGES,
  ...CUSTOMER,
  ...SUBSCRIPTION,
  ...WEBHOOKS,
  ...OPERATOR,
  ["the sweep runs", () => ({ do: "sweep" })],
  ["the story stops here", () => ({ do: "stop" })],
];

export const parseRecoveryEvent = (sentence: string): RecoveryEvent =>
  parseSentence(sentence, RECOVERY_EVENTS);
