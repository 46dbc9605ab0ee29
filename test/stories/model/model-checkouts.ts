import {
  type CheckoutActivities,
  createCheckoutActivities,
} from "../../../activities/checkout/checkout.ts";
import type { Mailer } from "../../../activities/mail/mailer.ts";
import type { Timeline } from "../../../dev/model/timeline.ts";
import type { CheckoutPort } from "../../../dodo/port.ts";
import {
  type Checkout,
  type CheckoutEvent,
  type CheckoutNotice,
  type CheckoutOutcome,
  type CheckoutStep,
  newCheckout,
} from "../../../domain/checkout/checkout.ts";
import type { Policy } from "../../../domain/policy.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import type { PaymentId } from "../../../domain/values/ids.ts";
import type { Instant } from "../../../domain/values/time.ts";
import { PLAIN_BRAND } from "../../../platform/customer/brand.ts";
import { createLog } from "../../../platform/log.ts";

type SentNotice = {
  readonly at: Instant;
  readonly paymentId: PaymentId;
  readonly notice: CheckoutNotice;
  readonly number: number;
  readonly reason: string | null;
};

type EndedCheckout = {
  readonly at: Instant;
  readonly paymentId: PaymentId;
  readonly outcome: CheckoutOutcome;
  readonly rule: string;
};

/** Checkout recoveries with the production rules and activities, without Temporal, HTTP and SMTP. */
export class ModelCheckouts {
  readonly sent: SentNotice[] = [];
  readonly ended: EndedCheckout[] = [];
  readonly errors: unknown[] = [];
  readonly #timeline: Timeline;
  readonly #activities: CheckoutActivities;
  readonly #followed = new Set<PaymentId>();

  constructor(timeline: Timeline, dodo: CheckoutPort, policy: Policy, mode: Mode) {
    const { now } = timeline;
    const log = createLog("fatal", "model");
    this.#timeline = timeline;
    const brand = PLAIN_BRAND;
    this.#activities = createCheckoutActivities({
      dodo,
      mailer: MAILER,
      brand,
      policy,
      mode,
      operatorEmail: null,
      report: () => Promise.resolve(),
      log,
      now,
    });
  }

  get areOver(): boolean {
    return this.ended.length === this.#followed.size;
  }

  /** @returns false if the payment has been followed before */
  follow(paymentId: PaymentId): boolean {
    if (this.#followed.has(paymentId)) return false;
    this.#followed.add(paymentId);
    this.#run(paymentId).catch((error: unknown) => this.errors.push(error));
    return true;
  }

  /** The loop of the workflow `checkoutRecovery`. */
  async #run(paymentId: PaymentId): Promise<void> {
    let checkout = newCheckout(paymentId);
    let event: CheckoutEvent = { kind: "opened" };
    for (;;) {
      const at = this.#timeline.now();
      const { step, changes, rule } = await this.#activities.decideCheckout({
        checkout,
        event,
        at,
      });
      checkout = { ...checkout, ...changes };
      if (step.kind === "end") {
        this.ended.push({ at, paymentId, outcome: step.outcome, rule });
        return;
      }
      event = await this.#perform(step, checkout);
    }
  }

  async #perform(
    step: Exclude<CheckoutStep, { readonly kind: "end" }>,
    { paymentId, codes, mode }: Checkout,
  ): Promise<CheckoutEvent> {
    const at = this.#timeline.now();
    switch (step.kind) {
      case "wait":
        await this.#timeline.pass(Math.max(step.until - at, 1));
        return { kind: "timer_fired" };
      case "read":
        return { kind: "read", reading: await this.#activities.readCheckout({ at, paymentId }) };
      case "notify_operator":
        throw new Error("the model's Dodo sends no emails of its own");
      case "notice": {
        const { notice, number, declineCode } = step;
        const input = { at, paymentId, notice, number, declineCode, codes, mode: mode ?? "shadow" };
        const outcome = await this.#activities.sendCheckoutNotice(input);
        if (outcome.kind === "sent") {
          this.sent.push({ at, paymentId, notice, number, reason: declineCode });
        }
        return { kind: "notice_finished", outcome };
      }
    }
  }
}

const MAILER: Mailer = {
  send: async ({ key }) => await Promise.resolve({ kind: "sent", messageId: key }),
  close: () => undefined,
};
