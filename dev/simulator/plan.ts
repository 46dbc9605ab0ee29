import type { Policy } from "../../domain/policy.ts";
import type { IdempotencyKeys } from "../model/answers/keyed-answers.ts";
import type { ModelLineItems, RequestFault, Verdict } from "../model/ledger.ts";

/** A simulated world: all that its seed decides, as plain JSON that can be reduced and kept as a test. */
export type Plan = {
  /** `observe`, `manage`: a scheduled subscription, with that value of the policy's `scheduled_subscriptions`. */
  readonly scheme: "on_demand" | "observe" | "manage";
  /** The first charge is requested through the API; otherwise the merchant's own charge has failed. */
  readonly requestedCharge: boolean;
  /** Dodo is reached through the product's client and the SDK; otherwise the model is called directly. */
  readonly throughClient: boolean;
  readonly listOrder: ListOrder;
  readonly subscription: SubscriptionPlan;
  readonly policy: PolicyPlan;
  readonly firstDeclineCode: string | null;
  /** How later charges end, in order; when none is left, they succeed. */
  readonly verdicts: readonly Verdict[];
  /** Faults of the requests that can charge, in order. */
  readonly requestFaults: readonly (RequestFault | null)[];
  /** Faults of the reads, in order. */
  readonly readFaults: readonly (ReadFault | null)[];
  /** Crashes of the workers that charge, in order of the charges. */
  readonly workerCrashes: readonly (WorkerCrash | null)[];
  /** How long workers take to decide, in milliseconds and in order; the list repeats. Absent: no time. */
  readonly decisionMs?: readonly number[];
  /** How webhooks arrive, in order; the list repeats. */
  readonly deliveries: readonly Delivery[];
  /** So many zero-amount payments fill the list, a day after the first failure. */
  readonly zeroAmountPayments: number;
  /** Whether the price was paid a month before the first failure. Absent: no. */
  readonly paidBefore?: boolean;
  /** When line items begin to show the tax, after the first failure. Absent: never. */
  readonly lineItemsAfterMs?: number;
  /** How long the operator takes to respond. */
  readonly operatorDelayMs: number;
  /** What the operator says of a payment that waits for a person past the deadline; absent = nothing. */
  readonly confirmedDead?: ConfirmedDead | null;
  readonly faults: readonly Fault[];
  /** Reprise runs in advise mode, and the merchant charges. Absent: it runs in `act`. */
  readonly advice?: AdvicePlan;
  /** No webhook arrives before an operator imports the subscription. Absent: it is not imported. */
  readonly imported?: ImportPlan;
};

/**
 * What a merchant does with the advice to charge: `late`: past its end and without a look at newer advice · `twice`: two charges with
 * one key · `keyless`: one charge without the key
 */
export const MERCHANT_HABITS = ["follows", "late", "twice", "keyless", "never"] as const;
export type MerchantHabit = (typeof MERCHANT_HABITS)[number];

export type AdvicePlan = {
  /** In order of the advice; the list repeats. */
  readonly habits: readonly MerchantHabit[];
  /** A webhook arrives once after each delay, in milliseconds; none: it is lost. */
  readonly webhookMs: readonly number[];
};

/** An operator's import of a subscription that failed before Reprise was there. */
export type ImportPlan = {
  /** After the first failure. */
  readonly afterMs: number;
  /** Old debts are charged too. */
  readonly retry: boolean;
};

/** The operator confirms that the payment is dead, and is wrong where it is completed afterwards. */
export type ConfirmedDead = {
  /** From the operator's look at Dodo until the confirmation. */
  readonly saidAfterMs: number;
  /** From that look until the bank processes the payment after all; null: the operator is right. */
  readonly completedAfterMs: number | null;
  /** How long the bank processes it before it succeeds. */
  readonly processedMs: number;
};

export type SubscriptionPlan = {
  readonly priceMinor: number;
  readonly currency: "USD" | "INR";
  readonly taxMinor: number;
  readonly taxRate: number;
  readonly taxInclusive: boolean;
  readonly holdsOnFailure: boolean;
  readonly graceDays: number;
  readonly reactivates: boolean;
  readonly chargeableOnHold: boolean;
  readonly refusesWhilePending: boolean;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly outcomeMs: number;
  readonly listLagMs: number;
  /** Of payments that have not succeeded. Absent: `given`. */
  readonly unsettledTax?: "withheld" | "given";
  readonly lineItems?: ModelLineItems;
  /** Latency of each read. */
  readonly readMs: number;
};

/** The subscription of most worlds. */
export const USUAL_SUBSCRIPTION: SubscriptionPlan = {
  priceMinor: 2_900,
  currency: "USD",
  taxMinor: 0,
  taxRate: 0,
  taxInclusive: false,
  holdsOnFailure: true,
  graceDays: 0,
  reactivates: true,
  chargeableOnHold: true,
  refusesWhilePending: true,
  idempotencyKeys: "ignored",
  outcomeMs: 9_000,
  listLagMs: 0,
  readMs: 0,
};

export type PolicyPlan = Pick<
  Policy,
  | "foreignCharges"
  | "debtKey"
  | "replacedBy"
  | "onExhausted"
  | "windowMs"
  | "quietEndMs"
  | "unknownTax"
>;

/** Dodo does not document the order of its lists. @source docs/dodo/open-questions.md, "Order of lists" */
export type ListOrder = "oldest_first" | "newest_first";

export const READ_FAULTS = ["connection_lost", "timeout", "server_error", "rate_limited"] as const;
export type ReadFault = (typeof READ_FAULTS)[number];

/**
 * When a worker that charges crashes, as Temporal sees it. `while_charging`: it only loses Temporal, and completes the
 * charge.
 */
export const WORKER_CRASHES = ["before_charge", "while_charging", "after_charge"] as const;
export type WorkerCrash = (typeof WORKER_CRASHES)[number];

/** A webhook arrives once after each delay, in milliseconds; null = it is lost. */
export type Delivery = readonly number[] | null;

/** All that can interfere with a recovery: outages, and what operator, customer, merchant and Dodo do. */
export const FAULT_KINDS = [
  "pause",
  "resume",
  "retry_now",
  "write_off",
  "create_payment_link",
  "customer_changes_method",
  "customer_leaves_method_page",
  "customer_pays_open_page",
  "merchant_uses_saved_method",
  "merchant_charges",
  "second_debt",
  "second_debt_paid",
  "customer_buys_again",
  "second_seat_renews",
  "refund",
  "dispute",
  "dodo_retries",
  "dodo_duns",
  "status_toggles",
  "api_key_refused",
  "open_payments_end",
  "late_success",
  "webhooks_resent",
  "tax_changes",
  "clock_steps",
  "mail_server_down",
  "mail_sender_refused",
  "mail_address_refused",
  "mail_worker_crash",
  "policy_changes",
  "rules_change",
  "cancellation_scheduled",
  "cancellation",
  "opt_out",
] as const;
/** What a person does to a run in Temporal's Web UI. A terminated recovery is opened again after `durationMs`. */
export const STOP_KINDS = ["terminate", "reset"] as const;

export type FaultKind = (typeof FAULT_KINDS)[number] | (typeof STOP_KINDS)[number];

export type Fault = {
  readonly kind: FaultKind;
  readonly when:
    | { readonly from: "day_0"; readonly afterMs: number }
    /** Charges are counted from 1. */
    | { readonly from: "charge"; readonly number: number; readonly afterMs: number };
  readonly verdict: Verdict;
  /** How long it lasts, or how far a clock steps. */
  readonly durationMs: number;
};
