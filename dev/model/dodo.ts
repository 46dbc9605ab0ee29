import { DAY_MS, formatInstant, type Instant } from "../../domain/values/time.ts";
import { KeyedAnswers, type KeyedRequest } from "./answers/keyed-answers.ts";
import {
  type Body,
  type ChargeBody,
  lineItemsBody,
  type LinkBody,
  listRow,
  otherSubscriptionBody,
  PRODUCT_ID,
} from "./bodies.ts";
import { apiError, connectionLost, ModelApiError, withRequestFault } from "./errors.ts";
import type { ModelPayment, Mutation, OtherSubscription, RequestFault, Verdict } from "./ledger.ts";
import { type ManualRetryAnswer, manualRetryState } from "./manual-retry.ts";
import { ModelSubscription, OPEN } from "./subscription.ts";

export type { ModelOptions, ModelPayment, Mutation, RequestFault, Verdict } from "./ledger.ts";

type MutationRequest = {
  readonly requested: Mutation["requested"];
  /** Null without the header `Idempotency-Key`. */
  readonly keyed: KeyedRequest | null;
};
const UNKEYED: MutationRequest = { requested: null, keyed: null };

/** A charge is refused while a payment has any other status. */
const NOT_PENDING = ["succeeded", "failed", "cancelled", "requires_payment_method"];

/**
 * Dodo with one subscription. It answers as Dodo's API does: `port.ts` puts the product's port before it, and the
 * simulator puts HTTP before it. Tests and the simulator's oracle judge by its ledger: the payments, and the requests that
 * could change something.
 */
export class ModelDodo extends ModelSubscription {
  readonly mutations: Mutation[] = [];
  /** What goes wrong with the next mutations, in order. */
  readonly faults: (RequestFault | null)[] = [];
  /** What goes wrong with the next charges, in order; `faults` takes precedence. */
  readonly chargeFaults: (RequestFault | null)[] = [];
  /** The customer's other subscriptions. */
  readonly others: OtherSubscription[] = [];
  readonly #keyedAnswers = new KeyedAnswers(this.options.idempotencyKeys);

  /** The merchant's own charge, which begins every story. */
  merchantCharges(
    verdict: Verdict,
    metadata: Record<string, string> = {},
    priceMinor?: number,
    currency?: string,
  ): ModelPayment {
    return this.createPayment({ origin: "merchant", verdict, metadata, priceMinor, currency });
  }

  /** One payment for this subscription and another one. */
  merchantChargesForTwo(verdict: Verdict, priceMinor: number): ModelPayment {
    const subscriptionIds = [this.subscriptionId, "sub_other"];
    return this.createPayment({ origin: "merchant", verdict, priceMinor, subscriptionIds });
  }

  /** The merchant chooses another saved method; on a hold this collects the dues. @source docs/dodo/subscriptions.md, "Payment method update" */
  merchantUsesSavedMethod(methodId: string, verdict: Verdict): void {
    if (this.isHeld) {
      this.createPayment({ origin: "saved", verdict, methodId });
      return;
    }
    this.methodId = methodId;
    this.reportSubscription("subscription.update_payment_method");
  }

  /** Dodo's own retry of a scheduled subscription's renewal. */
  dodoRetries(verdict: Verdict): ModelPayment {
    const retryAttempt = this.#nextRetry();
    return this.createPayment({ origin: "dodo", verdict, metadata: {}, retryAttempt });
  }

  /** Reports Dodo's own recovery emails: `dunning.started` or `dunning.recovered`. */
  dodoDuns(type: string): void {
    const { subscriptionId } = this;
    this.onEvent(type, () => ({ subscription_id: subscriptionId, status: "recovering" }));
  }

  /** The customer enters a new method, in the portal or on a payment page; on a hold this collects the dues. */
  customerChangesMethod(methodId: string, verdict: Verdict = { kind: "succeed" }): void {
    // While the page of the first such payment is open, there is no second one.
    if (this.payments.some((one) => one.isMethodUpdate && one.status === "processing")) return;
    if (this.isHeld) {
      this.createPayment({ origin: "portal", verdict, methodId, metadata: {} });
      return;
    }
    this.setUpCard(methodId, verdict);
    if (verdict.kind === "succeed") this.reportSubscription("subscription.update_payment_method");
  }

  /** A zero-amount payment sets the card up. @source docs/dodo/payments.md, "Which subscription" */
  setUpCard(methodId: string, verdict: Verdict = { kind: "succeed" }): void {
    const setUp = this.createPayment({ origin: "portal", verdict: OPEN, methodId, priceMinor: 0 });
    this.endPayment(setUp, verdict);
  }

  /** The customer pays, or fails to pay, on the payment page of a payment. */
  customerPays(paymentId: string, methodId: string, verdict: Verdict = { kind: "succeed" }): void {
    const payment = this.payments.find((one) => one.paymentId === paymentId);
    if (payment === undefined || payment.status !== "requires_payment_method") return;
    Object.assign(payment, { methodId });
    this.endPayment(payment, verdict);
  }

  /** Dodo collects the dues of a hold with a new method, for any amount. */
  collectDues(totalMinor: number, methodId: string): void {
    const verdict = { kind: "succeed" } as const;
    this.createPayment({ origin: "portal", verdict, methodId, priceMinor: totalMinor });
  }

  /** The customer buys a product in a new checkout, and pays: by default the same product again. */
  customerBuys(productId = PRODUCT_ID): OtherSubscription {
    const other = this.addOther(productId, this.timeline.now());
    this.payForOther(other);
    return other;
  }

  addOther(productId: string, createdAt: Instant): OtherSubscription {
    const subscriptionId = `${this.subscriptionId}_other_${this.others.length + 1}`;
    const other = { subscriptionId, productId, createdAt, payments: [] };
    this.others.push(other);
    return other;
  }

  /** A success for another subscription, as of its first payment or of a renewal. It reports nothing to this one. */
  payForOther({ subscriptionId, payments }: OtherSubscription): ModelPayment {
    const at = this.timeline.now();
    const payment: ModelPayment = {
      paymentId: `pay_of_${subscriptionId}_${payments.length + 1}`,
      origin: "merchant",
      createdAt: at,
      totalMinor: this.options.priceMinor,
      taxMinor: 0,
      currency: this.options.currency,
      metadata: {},
      subscriptionIds: [subscriptionId],
      isMethodUpdate: false,
      retryAttempt: 0,
      isManualRetry: false,
      methodId: "pm_9",
      isPage: false,
      status: "succeeded",
      declineCode: null,
      reversal: null,
      ends: [{ at, status: "succeeded", declineCode: null }],
    };
    payments.push(payment);
    return payment;
  }

  /** A refund by the merchant or a dispute by the customer; the payment stays `succeeded`. @source docs/dodo/payments.md, "Statuses" */
  reverse(payment: ModelPayment, reversal: "refunded" | "disputed"): void {
    payment.reversal = reversal;
    if (reversal === "disputed") this.dispute = { id: "dp_1", at: this.timeline.now() };
    const type = reversal === "refunded" ? "refund.succeeded" : "dispute.opened";
    this.onEvent(type, () => this.paymentBody(payment));
  }

  async retrieveSubscription(id: string = this.subscriptionId): Promise<Body> {
    const other = this.others.find(({ subscriptionId }) => subscriptionId === id);
    return await Promise.resolve(
      other === undefined ? this.subscriptionBody() : otherSubscriptionBody(other),
    );
  }

  async retrievePayment(id: string): Promise<Body> {
    const payment = this.#allPayments.find(({ paymentId }) => paymentId === id);
    if (payment === undefined) throw apiError(404, "NOT_FOUND");
    return await Promise.resolve(this.paymentBody(payment));
  }

  async retrieveLineItems(id: string): Promise<Body> {
    const payment = this.#allPayments.find(({ paymentId }) => paymentId === id);
    const shown = payment?.status === "succeeded" ? "taxed" : this.lineItems;
    if (payment === undefined || shown === "refused") throw apiError(404, "NOT_FOUND");
    return await Promise.resolve(lineItemsBody(payment, shown));
  }

  async listPayments(since: Instant): Promise<readonly Body[]> {
    return await this.#list(this.#allPayments, since);
  }

  /** Across the customer's subscriptions. */
  async listCustomerPayments(since: Instant): Promise<readonly Body[]> {
    const all = [...this.#allPayments, ...this.others.flatMap(({ payments }) => payments)];
    return await this.#list(all, since);
  }

  async #list(payments: readonly ModelPayment[], since: Instant): Promise<readonly Body[]> {
    const visibleUntil = this.timeline.now() - this.options.listLagMs;
    const listed = payments.filter(
      ({ createdAt }) => createdAt >= since && createdAt <= visibleUntil,
    );
    return await Promise.resolve(listed.map((payment) => listRow(this.paymentBody(payment))));
  }

  /** @param idempotencyKey the header `Idempotency-Key` */
  async charge(
    body: ChargeBody,
    idempotencyKey: string | null,
  ): Promise<{ readonly payment_id: string }> {
    const key = body.metadata["recovery_attempt"];
    const requested = {
      amountMinor: body.product_price,
      currency: body.product_currency,
      key: typeof key === "string" ? key : null,
    };
    const keyed =
      idempotencyKey === null ? null : { key: idempotencyKey, fingerprint: JSON.stringify(body) };
    return await this.#mutate("charge", { requested, keyed }, () => {
      const pending = this.payments.find(({ status }) => !NOT_PENDING.includes(status));
      const isGuarded = pending !== undefined && this.options.refusesWhilePending;
      if (isGuarded) throw apiError(409, "PREVIOUS_PAYMENT_PENDING");
      const mayCharge = this.status === "active" || (this.isHeld && this.options.chargeableOnHold);
      if (!mayCharge) throw apiError(422, "SUBSCRIPTION_INACTIVE");
      if (this.cancelAtNextBillingDate) {
        throw apiError(422, "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION");
      }
      const payment = this.createPayment({
        origin: "charge",
        priceMinor: body.product_price,
        metadata: body.metadata,
      });
      return { payment_id: payment.paymentId };
    });
  }

  async retryState(): Promise<ManualRetryAnswer> {
    const isEligible = !this.options.onDemand && this.status === "on_hold";
    return await Promise.resolve(manualRetryState(this.payments, isEligible, this.timeline.now()));
  }

  async retry(): Promise<{ readonly payment_id: string }> {
    return await this.#mutate("manual retry", UNKEYED, () => {
      if (this.status !== "on_hold") throw apiError(422, "MANUAL_RETRY_NOT_ELIGIBLE");
      const retryAttempt = this.#nextRetry();
      const { paymentId } = this.createPayment({ origin: "manual", retryAttempt });
      return { payment_id: paymentId };
    });
  }

  async latestDispute(since: Instant): Promise<string | null> {
    const isSince = this.dispute !== null && this.dispute.at >= since;
    return await Promise.resolve(isSince ? (this.dispute?.id ?? null) : null);
  }

  async updatePaymentMethod(): Promise<LinkBody> {
    return await this.#mutate("payment_link", UNKEYED, () => {
      // Without a hold there are no dues: the page's payment has the amount zero.
      const payment = this.createPayment({
        origin: "page",
        verdict: { kind: "stay", status: "requires_payment_method" },
        ...(this.isHeld ? {} : { priceMinor: 0 }),
      });
      return {
        payment_id: payment.paymentId,
        payment_link: `https://checkout.example/${payment.paymentId}`,
        expires_on: formatInstant(this.timeline.now() + DAY_MS),
      };
    });
  }

  async cancel(): Promise<Body> {
    return await this.#mutate("cancel", UNKEYED, () => {
      this.setStatus("cancelled", "subscription.cancelled");
      return this.subscriptionBody();
    });
  }

  get #allPayments(): readonly ModelPayment[] {
    return [...this.earlierPayments, ...this.payments];
  }

  #nextRetry(): number {
    return Math.max(0, ...this.payments.map(({ retryAttempt }) => retryAttempt)) + 1;
  }

  /** Enters a request into the ledger and carries it out, or injects the next fault before or after it. */
  async #mutate<T>(
    what: Mutation["what"],
    { requested, keyed }: MutationRequest,
    act: () => T,
  ): Promise<T> {
    const next = what === "charge" ? this.chargeFaults.shift() : undefined;
    const fault = this.faults.shift() ?? next ?? null;
    if (fault?.kind === "unsent") throw connectionLost("ECONNREFUSED");
    const at = this.timeline.now();
    const mutation: Mutation = {
      at,
      what,
      requested,
      idempotencyKey: keyed?.key ?? null,
      paymentId: null,
      isReplayed: false,
      answer: "lost",
    };
    this.mutations.push(mutation);
    try {
      const result = await withRequestFault(fault, this.timeline, () =>
        this.#actOnce(mutation, keyed, act),
      );
      mutation.answer = "given";
      return result;
    } catch (error) {
      if (error instanceof ModelApiError) {
        const { httpStatus, code } = error;
        mutation.answer = { httpStatus, code };
        this.#keyedAnswers.store(keyed, at, { kind: "refused", httpStatus, code });
      }
      throw error;
    }
  }

  /** Carries a request out, or answers with the stored answer of an earlier one with its key. */
  #actOnce<T>(mutation: Mutation, keyed: KeyedRequest | null, act: () => T): T {
    const { at } = mutation;
    const stored = this.#keyedAnswers.answerTo(keyed, at);
    if (stored !== null) {
      mutation.isReplayed = true;
      if (stored.kind === "refused") throw apiError(stored.httpStatus, stored.code);
      mutation.paymentId = stored.paymentId;
      return stored.result as T;
    }
    const before = this.payments.length;
    const result = act();
    const paymentId = this.payments[before]?.paymentId ?? null;
    mutation.paymentId = paymentId;
    this.#keyedAnswers.store(keyed, at, { kind: "given", result, paymentId });
    return result;
  }
}
