import { paymentBody } from "../../../dev/model/bodies.ts";
import type { ModelPayment } from "../../../dev/model/ledger.ts";
import type { Timeline } from "../../../dev/model/timeline.ts";
import { SECOND_MS } from "../../../domain/values/time.ts";
import type { OrderOutcome } from "../language/checkout-events.ts";
import type { Amount } from "../language/sentence.ts";

/** How long a payment takes, in virtual time. */
const OUTCOME_MS = 9 * SECOND_MS;

/** Dodo's records of one customer's payments without a subscription, in virtual time. */
export class ModelShop {
  readonly payments: ModelPayment[] = [];
  /** Called when a payment ends. */
  onEnd: (payment: ModelPayment) => void = () => undefined;
  readonly #timeline: Timeline;
  readonly #price: Amount;
  readonly #metadata: Readonly<Record<string, string>>;

  constructor(timeline: Timeline, price: Amount, metadata: Readonly<Record<string, string>>) {
    this.#timeline = timeline;
    this.#price = price;
    this.#metadata = metadata;
  }

  order(outcome: OrderOutcome): void {
    const payment = this.#create();
    this.payments.push(payment);
    switch (outcome.kind) {
      case "left_on_the_page":
        payment.status = "requires_payment_method";
        return;
      case "waits_for_the_bank":
        payment.status = "requires_customer_action";
        return;
      case "succeeded":
        this.#later(() => this.end(payment, "succeeded"));
        return;
      case "declined":
        this.#later(() => this.end(payment, "failed", outcome.code));
    }
  }

  end(payment: ModelPayment, status: string, declineCode: string | null = null): void {
    Object.assign(payment, { status, declineCode });
    payment.ends.push({ at: this.#timeline.now(), status, declineCode });
    this.onEnd(payment);
  }

  body(payment: ModelPayment): Readonly<Record<string, unknown>> {
    return {
      ...paymentBody(payment, { unsettledTax: "given" }),
      payment_link: `https://checkout.example/${payment.paymentId}`,
    };
  }

  #later(run: () => void): void {
    this.#timeline.at(this.#timeline.now() + OUTCOME_MS, run);
  }

  #create(): ModelPayment {
    const { amountMinor: totalMinor, currency } = this.#price;
    return {
      paymentId: `pay_${this.payments.length + 1}`,
      origin: "merchant",
      createdAt: this.#timeline.now(),
      totalMinor,
      taxMinor: 0,
      currency,
      metadata: this.#metadata,
      subscriptionIds: [],
      isMethodUpdate: false,
      retryAttempt: 0,
      isManualRetry: false,
      methodId: "pm_1",
      isPage: false,
      status: "processing",
      declineCode: null,
      reversal: null,
      ends: [],
    };
  }
}
