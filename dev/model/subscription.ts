import { DAY_MS, formatInstant, type Instant, SECOND_MS } from "../../domain/values/time.ts";
import { amountsOf, type Body, paymentBody, subscriptionBody } from "./bodies.ts";
import type { ModelLineItems, ModelOptions, ModelOrigin, ModelPayment, Verdict } from "./ledger.ts";
import type { Timeline } from "./timeline.ts";

/** For a payment whose caller decides how it ends. */
export const OPEN: Verdict = { kind: "stay", status: "processing" };

const FINAL_STATUSES = ["succeeded", "failed", "cancelled"];

type NewPayment = {
  readonly origin: ModelOrigin;
  readonly verdict?: Verdict;
  readonly metadata?: ModelPayment["metadata"];
  readonly methodId?: string;
  readonly priceMinor?: number | undefined;
  readonly currency?: string | undefined;
  readonly retryAttempt?: number;
  readonly subscriptionIds?: readonly string[];
};

/** One subscription at Dodo in virtual time: its payments, its statuses, and the webhooks that report each change. */
export class ModelSubscription {
  readonly payments: ModelPayment[] = [];
  /** Payments from before the story, which reads show. */
  readonly earlierPayments: ModelPayment[] = [];
  /** What the line items of a payment that has not succeeded show. */
  lineItems: ModelLineItems;
  /** How the next charges end; when none is left, charges succeed. */
  readonly verdicts: Verdict[] = [];
  readonly subscriptionId: string;
  status = "active";
  methodId = "pm_1";
  metadata: Record<string, string> = {};
  pausedAt: Instant | null = null;
  /** 0.2 = 20 %. */
  taxRate: number;
  cancelAtNextBillingDate = false;
  graceEndsAt: Instant | null = null;
  dispute: { readonly id: string; readonly at: Instant } | null = null;
  /** Receives each webhook: its type, and a function that gives its body's data as of the time of the call. */
  onEvent: (type: string, data: () => Body) => void = () => undefined;
  protected readonly timeline: Timeline;
  protected readonly options: Required<
    Omit<ModelOptions, "subscriptionId" | "taxRate" | "lineItems">
  >;
  #sequence = 0;

  constructor(timeline: Timeline, options: ModelOptions) {
    this.timeline = timeline;
    this.subscriptionId = options.subscriptionId ?? "sub_1";
    this.taxRate = options.taxRate ?? 0;
    this.lineItems = options.lineItems ?? "untaxed";
    this.options = {
      productName: null,
      priceMinor: 2_900,
      currency: "USD",
      taxMinor: 0,
      taxInclusive: false,
      unsettledTax: "withheld",
      onDemand: true,
      holdsOnFailure: true,
      graceDays: 0,
      reactivates: true,
      chargeableOnHold: true,
      refusesWhilePending: true,
      confirmationPage: true,
      idempotencyKeys: "ignored",
      outcomeMs: 9 * SECOND_MS,
      listLagMs: 0,
      ...options,
    };
  }

  get isOnDemand(): boolean {
    return this.options.onDemand;
  }

  get listLagMs(): number {
    return this.options.listLagMs;
  }

  get succeeded(): readonly ModelPayment[] {
    return this.payments.filter(
      ({ status, totalMinor }) => status === "succeeded" && totalMinor > 0,
    );
  }

  get isHeld(): boolean {
    return this.status === "on_hold" || this.status === "past_due";
  }

  setStatus(status: string, type: string): void {
    this.status = status;
    this.reportSubscription(type);
  }

  /**
   * Ends an open payment, as its bank would.
   * @param isLate ends a payment again that has already ended, as a late success does
   */
  end(paymentId: string, verdict: Verdict, isLate = false): void {
    const payment = this.payments.find((one) => one.paymentId === paymentId);
    if (payment === undefined) return;
    if (isLate) payment.status = "processing";
    this.endPayment(payment, verdict);
  }

  paymentBody(payment: ModelPayment): Body {
    const body = paymentBody(payment, this.options);
    const hasPage = this.options.confirmationPage && payment.status === "requires_customer_action";
    if (!hasPage) return body;
    return { ...body, payment_link: `https://checkout.example/${payment.paymentId}` };
  }

  get productName(): string | null {
    return this.options.productName;
  }

  subscriptionBody(): Body {
    return subscriptionBody(this, this.options);
  }

  /** The subscription's price was paid before the story; no webhook reports it any more. */
  addEarlierSuccess(at: Instant): void {
    const { priceMinor, currency } = this.options;
    const end = { status: "succeeded", declineCode: null } as const;
    this.earlierPayments.push({
      paymentId: `pay_earlier_${this.earlierPayments.length + 1}`,
      origin: "merchant",
      createdAt: at,
      ...amountsOf(priceMinor, { ...this.options, taxRate: this.taxRate }),
      currency,
      metadata: {},
      subscriptionIds: [this.subscriptionId],
      isMethodUpdate: false,
      retryAttempt: 0,
      isManualRetry: false,
      methodId: this.methodId,
      isPage: false,
      ...end,
      reversal: null,
      ends: [{ at, ...end }],
    });
  }

  protected createPayment(given: NewPayment): ModelPayment {
    const { priceMinor, currency, outcomeMs } = this.options;
    const verdict = given.verdict ?? this.verdicts.shift() ?? { kind: "succeed" };
    const status = verdict.kind === "stay" ? verdict.status : "processing";
    this.#sequence += 1;
    const payment: ModelPayment = {
      paymentId: `pay_${this.#sequence}`,
      origin: given.origin,
      createdAt: this.timeline.now(),
      ...amountsOf(given.priceMinor ?? priceMinor, { ...this.options, taxRate: this.taxRate }),
      currency: given.currency ?? currency,
      metadata: given.metadata ?? {},
      subscriptionIds: given.subscriptionIds ?? [this.subscriptionId],
      isMethodUpdate: ["page", "portal", "saved"].includes(given.origin),
      retryAttempt: given.retryAttempt ?? 0,
      isManualRetry: given.origin === "manual",
      methodId: given.methodId ?? this.methodId,
      isPage: status === "requires_payment_method",
      status,
      declineCode: null,
      reversal: null,
      ends: [],
    };
    this.payments.push(payment);
    this.timeline.at(this.timeline.now() + outcomeMs, () => {
      if (verdict.kind !== "stay") this.endPayment(payment, verdict);
      else if (verdict !== OPEN && verdict.status === "processing") this.#reportPayment(payment);
    });
    return payment;
  }

  protected endPayment(payment: ModelPayment, verdict: Verdict): void {
    if (FINAL_STATUSES.includes(payment.status)) return;
    if (verdict.kind === "stay") {
      payment.status = verdict.status;
      return;
    }
    payment.status = verdict.kind === "succeed" ? "succeeded" : "failed";
    payment.declineCode = verdict.kind === "succeed" ? null : verdict.code;
    const { status, declineCode } = payment;
    payment.ends.push({ at: this.timeline.now(), status, declineCode });
    this.#reportPayment(payment);
    if (verdict.kind === "succeed") {
      this.methodId = payment.methodId;
      if (this.isHeld && this.options.reactivates) this.setStatus("active", "subscription.active");
    } else if (this.options.holdsOnFailure && this.status === "active" && !payment.isMethodUpdate) {
      this.#hold();
    }
  }

  protected reportSubscription(type: string): void {
    this.onEvent(type, () => ({
      payload_type: "Subscription",
      ...this.subscriptionBody(),
      past_due_ends_at: this.graceEndsAt === null ? null : formatInstant(this.graceEndsAt),
    }));
  }

  #reportPayment(payment: ModelPayment): void {
    this.onEvent(`payment.${payment.status}`, () => ({
      payload_type: "Payment",
      ...this.paymentBody(payment),
    }));
  }

  /** On hold at once, or after the merchant's grace period. @source docs/dodo/subscriptions.md, "Grace period" */
  #hold(): void {
    const { graceDays } = this.options;
    if (graceDays === 0) return this.setStatus("on_hold", "subscription.on_hold");
    const endsAt = this.timeline.now() + graceDays * DAY_MS;
    this.graceEndsAt = endsAt;
    this.setStatus("past_due", "subscription.past_due");
    this.timeline.at(endsAt, () => {
      if (this.status !== "past_due" || this.graceEndsAt !== endsAt) return;
      this.setStatus("on_hold", "subscription.on_hold");
    });
  }
}
