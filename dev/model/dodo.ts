import { DAY_MS, formatInstant, type Instant, SECOND_MS } from "../../domain/values/time.ts";
import {
  amountsOf,
  type Body,
  type ChargeBody,
  leanRow,
  type LinkBody,
  paymentBody,
  subscriptionBody,
} from "./bodies.ts";
import { ModelRefusal, ModelSilence } from "./errors.ts";
import { strike } from "./inject-fault.ts";
import type {
  Fault,
  ModelOptions,
  ModelOrigin,
  ModelPayment,
  Mutation,
  Verdict,
} from "./ledger.ts";
import { type ManualRetryAnswer, manualRetryState } from "./manual-retry.ts";
import type { Timeline } from "./timeline.ts";

export type { Fault, ModelOptions, ModelPayment, Mutation, Verdict } from "./ledger.ts";

/** Of a payment that is ended by whoever made it. */
const LATER: Verdict = { kind: "stay", status: "processing" };

/**
 * Dodo with one subscription, in virtual time. It answers as Dodo's API does; port.ts and dev/simulator/http.ts put the product
 * before it. Its payments are the truth by which tests and the simulator judge.
 */
export class ModelDodo {
  readonly payments: ModelPayment[] = [];
  /** What the next charges come to; then `succeed`. */
  readonly verdicts: Verdict[] = [];
  /** What happens to the next requests that may charge. */
  readonly faults: (Fault | null)[] = [];
  /** What happens to the next charges alone; `faults` come first. */
  readonly chargeFaults: (Fault | null)[] = [];
  readonly mutations: Mutation[] = [];
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
  /** Told of every change, as `type` and the body's data at that time. */
  onEvent: (type: string, data: () => Body) => void = () => undefined;
  readonly #timeline: Timeline;
  readonly #options: Required<Omit<ModelOptions, "subscriptionId" | "taxRate">>;
  #sequence = 0;

  constructor(timeline: Timeline, options: ModelOptions) {
    this.#timeline = timeline;
    this.subscriptionId = options.subscriptionId ?? "sub_1";
    this.taxRate = options.taxRate ?? 0;
    this.#options = {
      priceMinor: 2_900,
      currency: "USD",
      taxMinor: 0,
      taxInclusive: false,
      onDemand: true,
      holds: true,
      graceDays: 0,
      returns: true,
      chargesOnHold: true,
      guardsPending: true,
      outcomeMs: 9 * SECOND_MS,
      listLagMs: 0,
      ...options,
    };
  }

  get isOnDemand(): boolean {
    return this.#options.onDemand;
  }

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
    currency?: string,
  ): ModelPayment {
    return this.#create({ origin: "merchant", verdict, metadata, priceMinor, currency });
  }

  /** One payment for this subscription and another one. */
  merchantChargesForTwo(verdict: Verdict, priceMinor: number): ModelPayment {
    const subscriptionIds = [this.subscriptionId, "sub_other"];
    return this.#create({ origin: "merchant", verdict, priceMinor, subscriptionIds });
  }

  /** Dodo's own retry of a scheduled subscription's renewal. */
  dodoRetries(verdict: Verdict): ModelPayment {
    const retryAttempt = this.#nextRetry();
    return this.#create({ origin: "dodo", verdict, metadata: {}, retryAttempt });
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
    if (this.#isHeld) {
      this.#create({ origin: "portal", verdict, methodId, metadata: {} });
      return;
    }
    this.setsUpCard(methodId, verdict);
    if (verdict.kind === "succeed") this.#tellSubscription("subscription.update_payment_method");
  }

  /** A payment of nothing sets the card up. @source dodo.md 4.2 */
  setsUpCard(methodId: string, verdict: Verdict = { kind: "succeed" }): void {
    const setUp = this.#create({ origin: "portal", verdict: LATER, methodId, priceMinor: 0 });
    this.#end(setUp, verdict);
  }

  /** The merchant chooses another saved method; on a hold that collects the dues. @source dodo.md 6.1 */
  merchantUsesSavedMethod(methodId: string, verdict: Verdict): void {
    if (this.#isHeld) {
      this.#create({ origin: "saved", verdict, methodId });
      return;
    }
    this.methodId = methodId;
    this.#tellSubscription("subscription.update_payment_method");
  }

  get #isHeld(): boolean {
    return this.status === "on_hold" || this.status === "past_due";
  }

  /** Dodo collects the dues of a hold with a new method, whatever they are. */
  collects(totalMinor: number, methodId: string): void {
    const verdict = { kind: "succeed" } as const;
    this.#create({ origin: "portal", verdict, methodId, priceMinor: totalMinor });
  }

  /** Refunded by the merchant, or disputed by the customer: the payment stays a success. @source dodo.md 4.1 */
  givesBack(payment: ModelPayment, how: "refunded" | "disputed"): void {
    payment.moneyBack = how;
    if (how === "disputed") this.dispute = { id: "dp_1", at: this.#timeline.now() };
    const type = how === "refunded" ? "refund.succeeded" : "dispute.opened";
    this.onEvent(type, () => this.paymentBody(payment));
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

  async retrieveSubscription(): Promise<Body> {
    return await Promise.resolve(this.subscriptionBody());
  }

  async retrievePayment(id: string): Promise<Body> {
    const payment = this.payments.find(({ paymentId }) => paymentId === id);
    if (payment === undefined) throw new ModelRefusal(404, "NOT_FOUND");
    return await Promise.resolve(this.paymentBody(payment));
  }

  async listPayments(since: Instant): Promise<readonly Body[]> {
    const visibleUntil = this.#timeline.now() - this.#options.listLagMs;
    const listed = this.payments.filter(
      ({ createdAt }) => createdAt >= since && createdAt <= visibleUntil,
    );
    return await Promise.resolve(listed.map((payment) => leanRow(this.paymentBody(payment))));
  }

  async charge(body: ChargeBody): Promise<{ readonly payment_id: string }> {
    const key = body.metadata["recovery_attempt"];
    const asked = {
      amountMinor: body.product_price,
      currency: body.product_currency,
      key: typeof key === "string" ? key : null,
    };
    return await this.#mutate("charge", asked, () => {
      const ended = ["succeeded", "failed", "cancelled", "requires_payment_method"];
      const open = this.payments.find(({ status }) => !ended.includes(status));
      const isGuarded = open !== undefined && this.#options.guardsPending;
      if (isGuarded) throw new ModelRefusal(409, "PREVIOUS_PAYMENT_PENDING");
      const mayCharge = this.status === "active" || (this.#isHeld && this.#options.chargesOnHold);
      if (!mayCharge) throw new ModelRefusal(422, "SUBSCRIPTION_INACTIVE");
      if (this.cancelAtNextBillingDate) {
        throw new ModelRefusal(422, "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION");
      }
      const payment = this.#create({
        origin: "charge",
        priceMinor: body.product_price,
        metadata: body.metadata,
      });
      return { payment_id: payment.paymentId };
    });
  }

  async retryState(): Promise<ManualRetryAnswer> {
    const isEligible = !this.#options.onDemand && this.status === "on_hold";
    return await Promise.resolve(manualRetryState(this.payments, isEligible, this.#timeline.now()));
  }

  async retry(): Promise<{ readonly payment_id: string }> {
    return await this.#mutate("manual retry", null, () => {
      if (this.status !== "on_hold") throw new ModelRefusal(422, "MANUAL_RETRY_NOT_ELIGIBLE");
      const retryAttempt = this.#nextRetry();
      const { paymentId } = this.#create({ origin: "manual", retryAttempt });
      return { payment_id: paymentId };
    });
  }

  async latestDispute(since: Instant): Promise<string | null> {
    const isSince = this.dispute !== null && this.dispute.at >= since;
    return await Promise.resolve(isSince ? (this.dispute?.id ?? null) : null);
  }

  async updatePaymentMethod(): Promise<LinkBody> {
    return await this.#mutate("payment_link", null, () => {
      // Without a hold there is nothing to collect: its payment is one of nothing.
      const payment = this.#create({
        origin: "page",
        verdict: { kind: "stay", status: "requires_payment_method" },
        ...(this.#isHeld ? {} : { priceMinor: 0 }),
      });
      return {
        payment_id: payment.paymentId,
        payment_link: `https://checkout.example/${payment.paymentId}`,
        expires_on: formatInstant(this.#timeline.now() + DAY_MS),
      };
    });
  }

  async cancel(): Promise<Body> {
    return await this.#mutate("cancel", null, () => {
      this.setStatus("cancelled", "subscription.cancelled");
      return this.subscriptionBody();
    });
  }

  /** Carries out a request that may charge, or lets a fault strike before or after. */
  async #mutate<T>(what: Mutation["what"], asked: Mutation["asked"], act: () => T): Promise<T> {
    const next = what === "charge" ? this.chargeFaults.shift() : undefined;
    const fault = this.faults.shift() ?? next ?? null;
    if (fault?.kind === "unsent") throw new ModelSilence("ECONNREFUSED");
    const at = this.#timeline.now();
    const mutation: Mutation = { at, what, asked, paymentId: null, answer: "lost" };
    this.mutations.push(mutation);
    try {
      const result = await strike(fault, this.#timeline, () => {
        const before = this.payments.length;
        const made = act();
        mutation.paymentId = this.payments[before]?.paymentId ?? null;
        return made;
      });
      mutation.answer = "given";
      return result;
    } catch (error) {
      if (error instanceof ModelRefusal) {
        mutation.answer = { httpStatus: error.httpStatus, code: error.code };
      }
      throw error;
    }
  }

  #create(given: {
    readonly origin: ModelOrigin;
    readonly verdict?: Verdict;
    readonly metadata?: Readonly<Record<string, string | number | boolean>>;
    readonly methodId?: string;
    readonly priceMinor?: number | undefined;
    readonly currency?: string | undefined;
    readonly retryAttempt?: number;
    readonly subscriptionIds?: readonly string[];
  }): ModelPayment {
    const { priceMinor, currency, outcomeMs } = this.#options;
    const verdict = given.verdict ?? this.verdicts.shift() ?? { kind: "succeed" };
    const status = verdict.kind === "stay" ? verdict.status : "processing";
    this.#sequence += 1;
    const payment: ModelPayment = {
      paymentId: `pay_${this.#sequence}`,
      origin: given.origin,
      createdAt: this.#timeline.now(),
      ...amountsOf(given.priceMinor ?? priceMinor, { ...this.#options, taxRate: this.taxRate }),
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
      moneyBack: null,
      ends: [],
    };
    this.payments.push(payment);
    this.#timeline.at(this.#timeline.now() + outcomeMs, () => {
      if (verdict.kind !== "stay") this.#end(payment, verdict);
      else if (verdict !== LATER && verdict.status === "processing") this.#tellPayment(payment);
    });
    return payment;
  }

  /** Ends an open payment, as its bank would; or one that has ended, as late successes do. */
  end(paymentId: string, verdict: Verdict, isLate = false): void {
    const payment = this.payments.find((one) => one.paymentId === paymentId);
    if (payment === undefined) return;
    if (isLate) payment.status = "processing";
    this.#end(payment, verdict);
  }

  #end(payment: ModelPayment, verdict: Verdict): void {
    if (["succeeded", "failed", "cancelled"].includes(payment.status)) return;
    if (verdict.kind === "stay") {
      payment.status = verdict.status;
      return;
    }
    payment.status = verdict.kind === "succeed" ? "succeeded" : "failed";
    payment.declineCode = verdict.kind === "succeed" ? null : verdict.code;
    const { status, declineCode } = payment;
    payment.ends.push({ at: this.#timeline.now(), status, declineCode });
    this.#tellPayment(payment);
    if (verdict.kind === "succeed") {
      this.methodId = payment.methodId;
      if (this.#isHeld && this.#options.returns) this.setStatus("active", "subscription.active");
    } else if (this.#options.holds && this.status === "active" && !payment.isMethodUpdate) {
      this.#hold();
    }
  }

  /** On hold at once, or when the grace that the merchant gives is over. @source dodo.md 2.3 */
  #hold(): void {
    const { graceDays } = this.#options;
    if (graceDays === 0) return this.setStatus("on_hold", "subscription.on_hold");
    const endsAt = this.#timeline.now() + graceDays * DAY_MS;
    this.graceEndsAt = endsAt;
    this.setStatus("past_due", "subscription.past_due");
    this.#timeline.at(endsAt, () => {
      if (this.status !== "past_due" || this.graceEndsAt !== endsAt) return;
      this.setStatus("on_hold", "subscription.on_hold");
    });
  }

  #tellPayment(payment: ModelPayment): void {
    this.onEvent(`payment.${payment.status}`, () => ({
      payload_type: "Payment",
      ...this.paymentBody(payment),
    }));
  }

  #tellSubscription(type: string): void {
    this.onEvent(type, () => ({
      payload_type: "Subscription",
      ...this.subscriptionBody(),
      past_due_ends_at: this.graceEndsAt === null ? null : formatInstant(this.graceEndsAt),
    }));
  }

  paymentBody(payment: ModelPayment): Body {
    return paymentBody(payment);
  }

  subscriptionBody(): Body {
    return subscriptionBody(this, this.#options);
  }
}
