import type { EffectId, PaymentId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
/** Who caused a charge. Only the first three spend the schedule's budget. */
export type AttemptTrigger =
  "renewal" | "charge" | "schedule" | "payment_method_update" | "customer" | "operator";

export const SCHEDULE_TRIGGERS: readonly AttemptTrigger[] = ["renewal", "charge", "schedule"];

/** A charge whose end is known. */
export type Attempt = {
  readonly number: number;
  readonly trigger: AttemptTrigger;
  readonly startedAt: Instant;
  /** When its end became known to us. */
  readonly endedAt: Instant;
  /** Null for one that was not sent, in shadow mode. */
  readonly paymentId: PaymentId | null;
  /** `shadowed`: it would have been sent; what it would have come to is not known. */
  readonly result: "declined" | "succeeded" | "shadowed";
  readonly declineCode: string | null;
  readonly methodId: string | null;
};

/** The one charge that may be under way. While there is one, no other is started. */
export type ChargeInFlight = {
  readonly number: number;
  readonly trigger: AttemptTrigger;
  readonly startedAt: Instant;
  /**
   * `started`: our activity has it · `accepted`: Dodo has a payment · `unknown`: it may have happened (the fence).
   */
  readonly phase: "started" | "accepted" | "unknown";
  readonly paymentId: PaymentId | null;
  /** The effect that is carrying it out: another one's outcome does not concern it. */
  readonly effectId: EffectId | null;
  /** A scheduled subscription is charged by Dodo's manual retry, which takes no key. */
  readonly via?: "manual_retry";
  /** What was planned: it is planned again where nothing was sent. */
  readonly plan: PlannedAttempt;
  /** Of an unknown charge: the last instant at which its request could have left us. */
  readonly sentNoLaterThan: Instant | null;
};

/** A charge to come. */
export type PlannedAttempt = {
  readonly at: Instant;
  /** When it was to be made: later tries of it may be overdue. */
  readonly dueAt: Instant;
  readonly number: number;
  readonly trigger: AttemptTrigger;
  /** How often it was due and could not be sent (an outage, a rate limit): the next try waits longer. */
  readonly tries: number;
  /** How often it was overdue and moved: each new time is announced. */
  readonly moves: number;
  /** How often it was sent and stayed without a trace. */
  readonly absences: number;
  /** False where an announcement would come too late, or nobody is to be told. */
  readonly announce: boolean;
};
