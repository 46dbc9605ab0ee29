import type { RuleId } from "../rules.ts";
import type { Recovery } from "../state/recovery.ts";
import type { Instant } from "../values/time.ts";
import type { DeferralKey } from "./deferral-key.ts";
import type { Effect } from "./effect.ts";

/** Search attributes of the workflow that changed. */
export type Attributes = {
  readonly state?: string;
  readonly outcome?: string;
  readonly declineCode?: string;
  readonly declineClass?: string;
  readonly customerId?: string;
  readonly currency?: string;
  readonly nextAttemptAt?: Instant | null;
  /** When it came into its state. */
  readonly stateSince?: Instant;
  /** The last instant at which a charge of unknown outcome could have left; null where there is none. */
  readonly chargeUnknownSince?: Instant | null;
  readonly amountDue?: number;
};

/**
 * What changes, what to do, and when to wake up. The history records it and the workflow performs it as it is; a replay
 * never runs the rules again.
 */
export type Decision = {
  /** Merged shallowly into the recovery. */
  readonly changes: Partial<Recovery>;
  readonly effects: readonly Effect[];
  /** Always in the future; null where only an event can continue the recovery. */
  readonly wakeAt: Instant | null;
  /** What the recovery waits for, as text. */
  readonly waitingFor: string;
  /** The main rule. */
  readonly rule: RuleId;
  /** All rules that applied, in order, for programs to read instead of `reason`. */
  readonly rules: readonly RuleId[];
  /** Why, as text; also where nothing was done. */
  readonly reason: string;
  readonly attributes?: Attributes;
  /**
   * When people see `attributes`: `soon`, after a minute unless another decision shows them first, and nothing waits for longer;
   * `with_next`, with the next that are shown. Absent: at once.
   */
  readonly shows?: "soon" | "with_next";
  /** Keys of events that change nothing before the next event or the wake-up. Absent: none. */
  readonly mayWait?: readonly DeferralKey[];
  /** What applied to the events that were decided on together with the last one, in order. Absent where it was the only one. */
  readonly earlier?: readonly Explanation[];
};

/** What applied to one event, and why. */
export type Explanation = Pick<Decision, "rule" | "rules" | "reason"> & {
  /** When the event arrived. Absent: with the decision. */
  readonly at?: Instant;
};

/** A decision on all events that waited, as the history records it. */
export type FoldedDecision = Decision & {
  /** The events by their ids, in the order of arrival; empty where only the time had come. */
  readonly events: readonly string[];
};
