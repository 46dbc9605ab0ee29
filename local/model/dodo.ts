import type DodoPayments from "dodopayments";
import { APIConnectionTimeoutError } from "dodopayments";
import type {
  ChargeBody,
  Dodo,
  DodoListedPayment,
  DodoPayment,
  DodoSubscription,
} from "../../activities/dodo.ts";
import { DAY_MS, formatInstant, SECOND_MS, type Instant } from "../../domain/time.ts";
import { answerOf, connectionLost } from "./errors.ts";
import { manualRetryState } from "./manual-retry.ts";
import type { Timeline } from "./timeline.ts";

/** How a payment of the model ends. */
export type Verdict =
  | { readonly kind: "succeed" }
  | { readonly kind: "decline"; readonly code: string | null }
  | { readonly kind: "stay"; readonly status: string };

/** What happens to one request that may charge. */
export type Fault =
  | { readonly kind: "unsent" }
  | { readonly kind: "lost_before" | "lost_after" | "timeout_before" | "timeout_after" }
  | { readonly kind: "error_before" | "error_after"; readonly httpStatus: number }
  | { readonly kind: "refuse"; readonly httpStatus: number; readonly code: string };

export type ModelPayment = {
  readonly paymentId: string;
  readonly createdAt: Instant;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  readonly isMethodUpdate: boolean;
  /** Of a renewal: 0 = original. */
  readonly retryAttempt: number;
  readonly isManualRetry: boolean;
  readonly methodId: string;
  status: string;
  declineCode: string | null;
  endedAt: Instant | null;
};

export type ModelOptions = {
  readonly subscriptionId?: string;
  readonly authorizedAt: Instant;
  readonly priceMinor?: number;
  readonly currency?: string;
  readonly taxMinor?: number;
  readonly onDemand?: boolean;
  /** A failed charge puts the subscription on hold (Dodo may, or may not). */
  readonly holds?: boolean;
  /** Virtual time from a charge to its end. */
  readonly outcomeMs?: number;
  /** Virtual time until a list shows a new payment. */
  readonly listLagMs?: number;
};

/**
 * One subscription at Dodo, in virtual time, behind the very interface the activities use. Its books are the
 * truth that tests and the simulator judge by.
 */
export class ModelDodo implements Dodo {
  readonly payments: ModelPayment[] = [];
  /** What the next charges come to; then `succeed`. */
  readonly verdicts: Verdict[] = [];
  /** What happens to the next requests that may charge. */
  readonly faults: (Fault | null)[] = [];
  /** Requests that could change something. */
  readonly mutations: { readonly at: Instant; readonly what: string }[] = [];
  readonly subscriptionId: string;
  status = "active";
  methodId = "pm_1";
  metadata: Record<string, string> = {};
  cancelAtNextBillingDate = false;
  graceEndsAt: Instant | null = null;
  dispute: { readonly id: string; readonly at: Instant } | null = null;
  /** Told of every change, as `type` and the body's data at that time. */
  onEvent: (type: string, data: () => Record<string, unknown>) => void = () => undefined;
  readonly #timeline: Timeline;
  readonly #options: Required<Omit<ModelOptions, "subscriptionId">>;
  #sequence = 0;

  constructor(timeline: Timeline, options: ModelOptions) {
    this.#timeline = timeline;
    this.subscriptionId = options.subscriptionId ?? "sub_1";
    this.#options = {
      priceMinor: 2_900,
      currency: "USD",
      taxMinor: 0,
      onDemand: true,
      holds: true,
      outcomeMs: 9 * SECOND_MS,
      listLagMs: 0,
      ...options,
    };
  }

  /** How long a new payment stays out of sight. */
  get blindMs(): number {
    return this.#options.listLagMs;
  }

  get succeeded(): readonly ModelPayment[] {
    return this.payments.filter(
      ({ status, totalMinor }) => status === "succeeded" && totalMinor > 0,
    );
  }

  /** The merchant's own charge: how every story begins. */
  merchantCharges(
    verdict: Verdict,
    metadata: Record<string, string> = {},
    priceMinor?: number,
  ): ModelPayment {
    return this.#create({ verdict, metadata, ...(priceMinor === undefined ? {} : { priceMinor }) });
  }

  /** Dodo's own retry of a scheduled subscription's renewal. */
  dodoRetries(verdict: Verdict): ModelPayment {
    return this.#create({ verdict, metadata: {}, retryAttempt: this.#nextRetry() });
  }

  /** `dunning.started`, `dunning.recovered`: Dodo's own mails. */
  dodoDuns(type: string): void {
    const { subscriptionId } = this;
    this.onEvent(type, () => ({ subscription_id: subscriptionId, status: "recovering" }));
  }

  #nextRetry(): number {
    return Math.max(0, ...this.payments.map(({ retryAttempt }) => retryAttempt)) + 1;
  }

  /** The customer gives a new method, in the portal or on a hosted page; on a hold that collects the dues. */
  customerChangesMethod(methodId: string, verdict: Verdict = { kind: "succeed" }): void {
    // One such payment at a time: the page of the first is still open.
    if (this.payments.some((one) => one.isMethodUpdate && one.status === "processing")) return;
    if (this.status !== "on_hold") {
      this.methodId = methodId;
      this.#tellSubscription("subscription.update_payment_method");
      return;
    }
    this.#create({ verdict, isMethodUpdate: true, methodId, metadata: {} });
  }

  /** Dodo collects the dues of a hold with a new method, whatever they are. */
  collects(totalMinor: number, methodId: string): void {
    const verdict = { kind: "succeed" } as const;
    this.#create({ verdict, isMethodUpdate: true, methodId, metadata: {}, priceMinor: totalMinor });
  }

  /** The customer pays, or fails to pay, on the hosted page of a payment. */
  customerPays(paymentId: string, methodId: string, verdict: Verdict = { kind: "succeed" }): void {
    const payment = this.payments.find((one) => one.paymentId === paymentId);
    if (payment === undefined || payment.status !== "requires_payment_method") return;
    Object.assign(payment, { methodId });
    this.#end(payment, verdict);
  }

  setStatus(status: string, type: string): void {
    this.status = status;
    this.#tellSubscription(type);
  }

  async retrieveSubscription(): Promise<DodoSubscription> {
    return await Promise.resolve(this.subscriptionBody() as unknown as DodoSubscription);
  }

  async retrievePayment(id: string): Promise<DodoPayment> {
    const payment = this.payments.find(({ paymentId }) => paymentId === id);
    if (payment === undefined) throw answerOf(404, "NOT_FOUND");
    return await Promise.resolve(this.paymentBody(payment) as unknown as DodoPayment);
  }

  async listPayments(_id: string, since: Instant): Promise<readonly DodoListedPayment[]> {
    const visibleUntil = this.#timeline.now() - this.#options.listLagMs;
    const listed = this.payments.filter(
      ({ createdAt }) => createdAt >= since && createdAt <= visibleUntil,
    );
    return await Promise.resolve(
      listed.map((payment) => {
        // Lean rows. @source dodo.md 8.4
        const {
          error_code: _c,
          retry_attempt: _r,
          is_update_payment_method: _u,
          ...row
        } = this.paymentBody(payment);
        return row as unknown as DodoListedPayment;
      }),
    );
  }

  async charge(_id: string, body: ChargeBody): Promise<{ readonly payment_id: string }> {
    return await this.#mutate("charge", () => {
      const ended = ["succeeded", "failed", "cancelled", "requires_payment_method"];
      const open = this.payments.find(({ status }) => !ended.includes(status));
      if (open !== undefined) throw answerOf(409, "PREVIOUS_PAYMENT_PENDING");
      if (["cancelled", "expired", "failed", "paused", "pending"].includes(this.status)) {
        throw answerOf(422, "SUBSCRIPTION_INACTIVE");
      }
      const payment = this.#create({
        priceMinor: body.product_price,
        metadata: (body.metadata ?? {}) as Record<string, string | number | boolean>,
      });
      return { payment_id: payment.paymentId };
    });
  }

  async retryState(): Promise<DodoPayments.ManualRetryState> {
    const isEligible = !this.#options.onDemand && this.status === "on_hold";
    return await Promise.resolve(manualRetryState(this.payments, isEligible, this.#timeline.now()));
  }

  async retry(): Promise<{ readonly payment_id: string }> {
    return await this.#mutate("manual retry", () => {
      if (this.status !== "on_hold") throw answerOf(422, "MANUAL_RETRY_NOT_ELIGIBLE");
      const { paymentId } = this.#create({
        metadata: {},
        retryAttempt: this.#nextRetry(),
        isManualRetry: true,
      });
      return { payment_id: paymentId };
    });
  }

  async latestDispute(_customerId: string, since: Instant): Promise<string | null> {
    const isSince = this.dispute !== null && this.dispute.at >= since;
    return await Promise.resolve(isSince ? (this.dispute?.id ?? null) : null);
  }

  async updatePaymentMethod(): Promise<{
    payment_id: string | null;
    payment_link: string;
    expires_on: string;
  }> {
    return await this.#mutate("link", () => {
      const held = this.status === "on_hold";
      const payment = held
        ? this.#create({
            verdict: { kind: "stay", status: "requires_payment_method" },
            isMethodUpdate: true,
            metadata: {},
          })
        : null;
      return {
        payment_id: payment?.paymentId ?? null,
        payment_link: `https://checkout.example/${payment?.paymentId ?? "method"}`,
        expires_on: formatInstant(this.#timeline.now() + DAY_MS),
      };
    });
  }

  async cancel(): Promise<DodoSubscription> {
    return await this.#mutate("cancel", () => {
      this.setStatus("cancelled", "subscription.cancelled");
      return this.subscriptionBody() as unknown as DodoSubscription;
    });
  }

  /** Carries out a request that may charge, or lets a fault strike before or after. */
  async #mutate<T>(what: string, act: () => T): Promise<T> {
    const fault = this.faults.shift() ?? null;
    if (fault?.kind === "unsent") throw connectionLost("ECONNREFUSED");
    this.mutations.push({ at: this.#timeline.now(), what });
    switch (fault?.kind) {
      case undefined:
        await this.#timeline.pass(200);
        return act();
      case "refuse":
        throw answerOf(fault.httpStatus, fault.code);
      case "lost_before":
        throw connectionLost("ECONNRESET");
      case "timeout_before":
        await this.#timeline.pass(60_000);
        throw new APIConnectionTimeoutError();
      case "error_before":
        throw answerOf(fault.httpStatus, "INTERNAL_SERVER_ERROR");
      case "lost_after":
        act();
        throw connectionLost("ECONNRESET");
      case "timeout_after":
        act();
        await this.#timeline.pass(60_000);
        throw new APIConnectionTimeoutError();
      case "error_after":
        act();
        throw answerOf(fault.httpStatus, "INTERNAL_SERVER_ERROR");
    }
  }

  #create(given: {
    readonly verdict?: Verdict;
    readonly metadata: Readonly<Record<string, string | number | boolean>>;
    readonly isMethodUpdate?: boolean;
    readonly methodId?: string;
    readonly priceMinor?: number;
    readonly retryAttempt?: number;
    readonly isManualRetry?: boolean;
  }): ModelPayment {
    const { priceMinor, taxMinor, outcomeMs } = this.#options;
    this.#sequence += 1;
    const payment: ModelPayment = {
      paymentId: `pay_${this.#sequence}`,
      createdAt: this.#timeline.now(),
      totalMinor: (given.priceMinor ?? priceMinor) + taxMinor,
      taxMinor,
      metadata: given.metadata,
      isMethodUpdate: given.isMethodUpdate ?? false,
      retryAttempt: given.retryAttempt ?? 0,
      isManualRetry: given.isManualRetry ?? false,
      methodId: given.methodId ?? this.methodId,
      status: "processing",
      declineCode: null,
      endedAt: null,
    };
    this.payments.push(payment);
    const verdict = given.verdict ?? this.verdicts.shift() ?? { kind: "succeed" };
    if (verdict.kind === "stay") payment.status = verdict.status;
    else this.#timeline.at(this.#timeline.now() + outcomeMs, () => this.#end(payment, verdict));
    return payment;
  }

  /** Ends an open payment, as its bank would. */
  end(paymentId: string, verdict: Verdict): void {
    const payment = this.payments.find((one) => one.paymentId === paymentId);
    if (payment !== undefined) this.#end(payment, verdict);
  }

  #end(payment: ModelPayment, verdict: Verdict): void {
    if (["succeeded", "failed", "cancelled"].includes(payment.status)) return;
    if (verdict.kind === "stay") {
      payment.status = verdict.status;
      return;
    }
    payment.status = verdict.kind === "succeed" ? "succeeded" : "failed";
    payment.declineCode = verdict.kind === "succeed" ? null : verdict.code;
    payment.endedAt = this.#timeline.now();
    this.onEvent(`payment.${payment.status}`, () => ({
      payload_type: "Payment",
      ...this.paymentBody(payment),
    }));
    if (verdict.kind === "succeed") {
      this.methodId = payment.methodId;
      if (this.status === "on_hold" || this.status === "past_due") {
        this.setStatus("active", "subscription.active");
      }
    } else if (this.#options.holds && this.status === "active") {
      this.setStatus("on_hold", "subscription.on_hold");
    }
  }

  #tellSubscription(type: string): void {
    this.onEvent(type, () => ({
      payload_type: "Subscription",
      ...this.subscriptionBody(),
      past_due_ends_at: this.graceEndsAt === null ? null : formatInstant(this.graceEndsAt),
    }));
  }

  paymentBody(payment: ModelPayment): Record<string, unknown> {
    return {
      payment_id: payment.paymentId,
      created_at: formatInstant(payment.createdAt),
      status: payment.status,
      error_code: payment.declineCode,
      retry_attempt: payment.retryAttempt,
      is_update_payment_method: payment.isMethodUpdate,
      is_multi_subscription: false,
      subscription_id: this.subscriptionId,
      subscription_ids: [this.subscriptionId],
      total_amount: payment.totalMinor,
      tax: payment.taxMinor,
      currency: this.#options.currency,
      customer: { customer_id: "cus_1", email: "ada@example.com", name: "Ada" },
      metadata: payment.metadata,
      payment_method_id: payment.methodId,
      card_last_four: "4242",
      card_network: "VISA",
    };
  }

  subscriptionBody(): Record<string, unknown> {
    return {
      subscription_id: this.subscriptionId,
      status: this.status,
      on_demand: this.#options.onDemand,
      created_at: formatInstant(this.#options.authorizedAt),
      currency: this.#options.currency,
      tax_inclusive: false,
      customer: { customer_id: "cus_1", email: "ada@example.com", name: "Ada" },
      payment_method_id: this.methodId,
      paused_at: null,
      cancel_at_next_billing_date: this.cancelAtNextBillingDate,
      metadata: this.metadata,
    };
  }
}
