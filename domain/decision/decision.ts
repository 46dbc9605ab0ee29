import type { RuleId } from "../rules.ts";
import type { Recovery } from "../state/recovery.ts";
import type { Instant } from "../values/time.ts";
import type { Effect } from "./effect.ts";
/** What is indexed for lists: only what changed. */
export type Attributes = {
  readonly state?: string;
  readonly outcome?: string;
  readonly declineCode?: string;
  readonly declineClass?: string;
  readonly customerId?: string;
  readonly currency?: string;
  readonly nextAttemptAt?: Instant | null;
  readonly amountDue?: number;
};

/**
 * What happened, what to do, and when to look again. Recorded in the history as it is and performed to the
 * letter: replay never asks the rules again.
 */
export type Decision = {
  /** Merged shallowly into the recovery. */
  readonly changes: Partial<Recovery>;
  readonly effects: readonly Effect[];
  /** Always in the future; null = nothing to wait for but an event. */
  readonly wakeAt: Instant | null;
  /** What the waiting is for, in words. */
  readonly waitingFor: string;
  /** The rule that decided. */
  readonly rule: RuleId;
  /** All rules that applied, in order: what programs read instead of the text. */
  readonly rules: readonly RuleId[];
  /** Why, also for doing nothing. */
  readonly reason: string;
  readonly attributes?: Attributes;
};
