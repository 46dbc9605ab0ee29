import {
  chargeRequested,
  commandGiven,
  foreignPayment,
  paymentReported,
  subscriptionAs,
} from "../../../dev/model/events.ts";
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

/** A policy whose retries differ in this. */
export function retryPolicy(given: Partial<Policy["retry"]>): Partial<Policy> {
  return { retry: { ...DEFAULT_POLICY.retry, ...given } };
}

/** The first, second, … failed charge of a subscription, each for another price, in the minutes before day 0. */
export function failedPayment(number: number, given: Partial<Payment> = {}): Payment {
  return foreignPayment(DAY_0 - (10 - number) * MINUTE_MS, {
    paymentId: paymentIdOf(`pay_${number}`),
    declineCode: "INSUFFICIENT_FUNDS",
    totalMinor: 1_000 * number,
    ...given,
  });
}

/** The first, second, … of many charges that are asked of us: its id ends with the number, in hexadecimal. */
export function numberedCharge(
  number: number,
  at: Instant,
  given: Partial<RequestedCharge> = {},
): DomainEvent {
  const asked = chargeRequested(at, given);
  const chargeId = parseChargeId(`charge-${number.toString(16).padStart(64, "0")}`);
  if (chargeId === null) throw new Error("the id is malformed");
  return { ...asked, request: { ...asked.request, chargeId } };
}

/** A recovery that is told events one by one, and what it decides about each: for what a world seldom shows. */
export class Deciding {
  recovery: Recovery;
  now: Instant = DAY_0;
  readonly decisions: Decision[] = [];
  readonly #policy: Policy;

  constructor(policy: Partial<Policy> = {}) {
    const id = parseSubscriptionId("sub_1");
    if (id === null) throw new Error("the id is malformed");
    this.#policy = { ...DEFAULT_POLICY, ...policy };
    this.recovery = newRecovery(id, this.now);
  }

  tell(event: DomainEvent): Decision {
    this.now += SECOND_MS;
    const inForce = { policy: this.#policy, mode: "act" } as const;
    const decision = decide(this.recovery, event, inForce, this.now);
    this.recovery = { ...this.recovery, ...decision.changes };
    this.decisions.push(decision);
    return decision;
  }

  /** Goes on to when it wants to be woken. */
  wake(): Decision {
    const wakeAt = this.decisions.at(-1)?.wakeAt ?? null;
    if (wakeAt === null) throw new Error("it waits for an event only");
    this.now = Math.max(wakeAt, this.now);
    return this.tell({ kind: "timer_fired" });
  }

  #pending(wanted: EffectKind): EffectId | null {
    const found = Object.entries(this.recovery.pendingEffects).find(
      ([, { kind }]) => kind === wanted,
    );
    return (found?.[0] as EffectId | undefined) ?? null;
  }

  #awaited(wanted: EffectKind): EffectId {
    const effectId = this.#pending(wanted);
    if (effectId === null) throw new Error(`no ${wanted} is under way`);
    return effectId;
  }

  /** The mail that is under way is sent, if there is one. */
  deliver(): void {
    const effectId = this.#pending("notice");
    if (effectId === null) return;
    const outcome = { kind: "sent", messageId: "m" } as const;
    this.tell({ kind: "notice_finished", effectId, outcome });
  }

  /** Goes on until a charge is under way; mails are sent. */
  charge(): Decision {
    for (let step = 0; step < 20; step += 1) {
      const decision = this.wake();
      if (this.#pending("charge") !== null) return decision;
      this.deliver();
    }
    throw new Error("nothing is charged");
  }

  /** Says what became of the charge that is under way. */
  charged(outcome: ChargeOutcome): Decision {
    return this.tell({ kind: "charge_finished", effectId: this.#awaited("charge"), outcome });
  }

  command(command: Command): Decision {
    return this.tell(commandGiven(command));
  }

  /** Says what became of the page that Dodo was asked for. */
  page(outcome: PaymentLinkOutcome): Decision {
    return this.tell({
      kind: "payment_link_finished",
      effectId: this.#awaited("payment_link"),
      outcome,
    });
  }

  /** Answers the read that is under way. */
  read(
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
    return this.tell({ kind: "read_finished", effectId: this.#awaited("read"), outcome });
  }

  /** Dodo refuses the read that is under way. */
  refuseRead(code: string, httpStatus: number): Decision {
    const outcome = { kind: "refused", code, httpStatus } as const;
    return this.tell({ kind: "read_finished", effectId: this.#awaited("read"), outcome });
  }

  /** Reads that say the same, until a person is asked. */
  followUntilAsked(payments: readonly Payment[]): void {
    while (this.recovery.attention.length === 0) {
      this.wake();
      this.read(payments);
    }
  }

  /** A webhook of a failed payment, and so many reads that say the same, each when its time has come. */
  open(
    payments: readonly Payment[],
    subscription: Partial<Subscription> = {},
    given: Partial<Evidence> & { readonly reads?: number } = {},
  ): Decision {
    const { reads = 2, ...evidence } = given;
    const failed = payments.find(({ status }) => status === "failed");
    this.tell(paymentReported(failed ?? foreignPayment(this.now)));
    for (let read = 1; read < reads; read += 1) {
      this.read(payments, subscription, evidence);
      this.wake();
    }
    return this.read(payments, subscription, evidence);
  }
}
