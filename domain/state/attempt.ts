import type { DodoAnswer } from "../values/dodo-answer.ts";
import type { EffectId, PaymentId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";

/** What caused a charge. Only `SCHEDULE_TRIGGERS` use up the schedule's attempts. */
export const ATTEMPT_TRIGGERS = [
  "renewal",
  "charge",
  "schedule",
  "payment_method_update",
  "customer",
  "operator",
] as const;

export type AttemptTrigger = (typeof ATTEMPT_TRIGGERS)[number];

export const SCHEDULE_TRIGGERS: readonly AttemptTrigger[] = ["renewal", "charge", "schedule"];

/**
 * How the announcement of an attempt ended. `sent`: the mail server took it · `undeliverable`: the customer's address is dead ·
 * `withheld`: the weekly cap was reached · `unsent`: it could not be sent, or the debt seemed to have ended
 */
export const ANNOUNCEMENTS = ["sent", "undeliverable", "withheld", "unsent"] as const;
export type Announcement = (typeof ANNOUNCEMENTS)[number];

/** A charge whose outcome is known. */
export type Attempt = {
  readonly number: number;
  readonly trigger: AttemptTrigger;
  readonly startedAt: Instant;
  /** When Reprise learned the outcome. */
  readonly endedAt: Instant;
  /** Null in shadow mode, where nothing was sent. */
  readonly paymentId: PaymentId | null;
  /**
   * `shadowed`: it would have been sent; its outcome is unknown. `released`: an operator confirmed that its payment is
   * dead; it may still succeed.
   */
  readonly result: "declined" | "succeeded" | "shadowed" | "released";
  readonly declineCode: string | null;
  readonly methodId: string | null;
  /** Absent where no announcement was wanted. */
  readonly announcement?: Announcement;
};

/** The charge in flight. While there is one, no other charge starts. */
export type ChargeInFlight = {
  readonly number: number;
  readonly trigger: AttemptTrigger;
  readonly startedAt: Instant;
  /**
   * `started`: the charge activity has it. `accepted`: Dodo has a payment. `unknown`: it may have happened, so the fence
   * is up.
   */
  readonly phase: "started" | "accepted" | "unknown";
  readonly paymentId: PaymentId | null;
  /** The effect that performs the charge. Outcomes of other effects are ignored. */
  readonly effectId: EffectId | null;
  /** Set for a scheduled subscription: Dodo's manual retry, which takes no key. */
  readonly via?: "manual_retry";
  /** The plan it started from; restored where nothing was sent. */
  readonly plan: PlannedAttempt;
  /** `unknown` only: the last instant at which the request could have left. */
  readonly sentNoLaterThan: Instant | null;
};

/** HTTP 409 with an unknown code, and how often it answered the same attempt. */
export type Conflict = DodoAnswer & { readonly times: number };

/** The next charge. */
export type PlannedAttempt = {
  readonly at: Instant;
  /** The planned time, which later tries keep. An attempt is overdue 24 hours after it. */
  readonly dueAt: Instant;
  readonly number: number;
  readonly trigger: AttemptTrigger;
  /** How often it was due and could not be sent (an outage, a rate limit). Each next try waits longer. */
  readonly tries: number;
  /** How often it was moved. Each new time is announced. */
  readonly moves: number;
  /** How often it was sent and left no trace at Dodo. */
  readonly absences: number;
  /** The last conflict that Dodo answered to it; absent if there was none. */
  readonly conflict?: Conflict;
  /** False where the attempt follows from what somebody did just now, or the customer should hear nothing. */
  readonly announce: boolean;
  /** Absent until the announcement has ended. */
  readonly announcement?: Announcement;
  /** When it was first due while its announcement could not be sent. */
  readonly unannouncedSince?: Instant;
};
