import {
  chargeRequested,
  commandGiven,
  paymentReported,
  subscriptionAs,
  unattributedPayment,
} from "../../../dev/model/events.ts";
import { refusalOf } from "../../../dodo/refusals.ts";
import { decide } from "../../../domain/decide.ts";
import type { Decision } from "../../../domain/decision/decision.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { EffectKind } from "../../../domain/state/effect-kind.ts";
import type {
  ChargeOutcome,
  DomainEvent,
  PaymentLinkOutcome,
} from "../../../domain/state/event.ts";
import type { Evidence, Payment, Subscription } from "../../../domain/state/payment.ts";
import { newRecovery, type Recovery } from "../../../domain/state/recovery.ts";
import type { RequestedCharge } from "../../../domain/state/requested-charge.ts";
import { type EffectId, parseChargeId, parseSubscriptionId } from "../../../domain/values/ids.ts";
import { type Instant, MINUTE_MS, SECOND_MS } from "../../../domain/values/time.ts";
import { paymentIdOf } from "./ids.ts";
import { DAY_0 } from "./scenario.ts";

/** The default policy's retries with other values. */
export function retryPolicy(given: Partial<Policy["retry"]>): Partial<Policy> {
  return { retry: { ...DEFAULT_POLICY.retry, ...given } };
}

/** The first, second, … failed charge of a subscription, in the minutes before day 0. Each has another price. */
export function failedPayment(number: number, given: Partial<Payment> = {}): Payment {
  return unattributedPayment(DAY_0 - (10 - number) * MINUTE_MS, {
    paymentId: paymentIdOf(`pay_${number}`),
    declineCode: "INSUFFICIENT_FUNDS",
    totalMinor: 1_000 * number,
    ...given,
  });
}

/** The first, second, … of many requested charges. Its id ends with the number in hexadecimal. */
export function numberedCharge(
  number: number,
  at: Instant,
  given: Partial<RequestedCharge> = {},
): DomainEvent {
  const event = chargeRequested(at, given);
  const chargeId = parseChargeId(`charge-${number.toString(16).padStart(64, "0")}`);
  if (chargeId === null) throw new Error("the id is malformed");
  return { ...event, request: { ...event.request, chargeId } };
}

/**
 * Drives a recovery event by event, without a model of Dodo, and keeps its decisions: for cases that the model seldom
 * reaches. Each event takes a second.
 */
export class RecoveryDriver {
  recovery: Recovery;
  now: Instant = DAY_0;
  readonly decisions: Decision[] = [];
  readonly events: DomainEvent[] = [];
  readonly #policy: Policy;

  constructor(policy: Partial<Policy> = {}) {
    const id = parseSubscriptionId("sub_1");
    if (id === null) throw new Error("the id is malformed");
    this.#policy = { ...DEFAULT_POLICY, ...policy };
    this.recovery = newRecovery(id, this.now);
  }

  receive(event: DomainEvent): Decision {
    this.now += SECOND_MS;
    const inForce = { policy: this.#policy, mode: "act" } as const;
    const decision = decide(this.recovery, event, inForce, this.now);
    this.recovery = { ...this.recovery, ...decision.changes };
    this.decisions.push(decision);
    this.events.push(event);
    return decision;
  }

  /** Advances to the wake-up time of the last decision. */
  wake(): Decision {
    const wakeAt = this.decisions.at(-1)?.wakeAt ?? null;
    if (wakeAt === null) throw new Error("the recovery has no wake-up time");
    this.now = Math.max(wakeAt, this.now);
    return this.receive({ kind: "timer_fired" });
  }

  #pending(wanted: EffectKind): EffectId | null {
    const found = Object.entries(this.recovery.pendingEffects).find(
      ([, { kind }]) => kind === wanted,
    );
    return (found?.[0] as EffectId | undefined) ?? null;
  }

  #awaited(wanted: EffectKind): EffectId {
    const effectId = this.#pending(wanted);
    if (effectId === null) throw new Error(`no ${wanted} is pending`);
    return effectId;
  }

  /** Delivers the pending notice, if there is one. */
  deliverNotice(): void {
    const effectId = this.#pending("notice");
    if (effectId === null) return;
    const outcome = { kind: "sent", messageId: "m" } as const;
    this.receive({ kind: "notice_finished", effectId, outcome });
  }

  /** Advances until a charge is pending, and delivers notices on the way. */
  advanceToCharge(): Decision {
    for (let step = 0; step < 20; step += 1) {
      const decision = this.wake();
      if (this.#pending("charge") !== null) return decision;
      this.deliverNotice();
    }
    throw new Error("no charge was started in 20 steps");
  }

  /** Finishes the pending charge. */
  finishCharge(outcome: ChargeOutcome): Decision {
    return this.receive({ kind: "charge_finished", effectId: this.#awaited("charge"), outcome });
  }

  command(command: Command): Decision {
    return this.receive(commandGiven(command));
  }

  /** Finishes the pending payment link. */
  finishPaymentLink(outcome: PaymentLinkOutcome): Decision {
    return this.receive({
      kind: "payment_link_finished",
      effectId: this.#awaited("payment_link"),
      outcome,
    });
  }

  /** Finishes the pending read. */
  finishRead(
    payments: readonly Payment[],
    subscription: Partial<Subscription> = {},
    given: Partial<Evidence> = {},
  ): Decision {
    const evidence: Evidence = {
      readAt: this.now,
      subscription: subscriptionAs(this.recovery, subscription),
      payments,
      since: this.now - this.#policy.windowMs,
      endedDebts: [],
      ...given,
    };
    const outcome = { kind: "read", evidence } as const;
    return this.receive({ kind: "read_finished", effectId: this.#awaited("read"), outcome });
  }

  /** Finishes the pending read with a refusal. */
  refuseRead(code: string, httpStatus: number): Decision {
    const outcome = refusalOf(httpStatus, code);
    return this.receive({ kind: "read_finished", effectId: this.#awaited("read"), outcome });
  }

  /** Repeats reads with the same result until the operator has to decide. */
  readUntilAttention(payments: readonly Payment[]): void {
    while (this.recovery.attention.length === 0) {
      this.wake();
      this.finishRead(payments);
    }
  }

  /** Opens the recovery: a webhook of a failed payment and its reads, each at its time and with the same result. */
  open(
    payments: readonly Payment[],
    subscription: Partial<Subscription> = {},
    given: Partial<Evidence> & { readonly reads?: number } = {},
  ): Decision {
    const { reads = 2, ...evidence } = given;
    const failed = payments.find(({ state }) => state === "declined");
    this.receive(paymentReported(failed ?? unattributedPayment(this.now)));
    for (let read = 1; read < reads; read += 1) {
      this.finishRead(payments, subscription, evidence);
      this.wake();
    }
    return this.finishRead(payments, subscription, evidence);
  }
}
