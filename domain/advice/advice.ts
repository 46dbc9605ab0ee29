import type { RuleId } from "../rules.ts";
import type { AttemptKey, DebtId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";

/**
 * What the merchant's own systems should do.
 * - `charge`: charge the debt at `at`, with the attempt key in the payment's metadata
 * - `ask_customer`: charge nothing; only the customer can pay
 * - `wait`: charge nothing for now
 * - `stop`: the debt is paid, or has ended
 * - `notify_customer`: write to the customer now
 * - `cancel_subscription`: the debt stayed unpaid, and the policy cancels the subscription
 */
export const ADVICE_ACTIONS = [
  "charge",
  "ask_customer",
  "wait",
  "stop",
  "notify_customer",
  "cancel_subscription",
] as const;

export type AdviceAction = (typeof ADVICE_ACTIONS)[number];

/** One piece of advice, as its webhook tells it. */
export type Advice = {
  readonly action: AdviceAction;
  /** When to do it; null where there is nothing to do, or it is to be done now. */
  readonly at: Instant | null;
  readonly rule: RuleId;
  readonly reason: string;
  /** `charge` only. */
  readonly attemptKey: AttemptKey | null;
  /** Not to be acted on from then on; null where only newer advice ends it. */
  readonly validUntil: Instant | null;
  /** `charge` only: the amount to request, without tax that Dodo adds. */
  readonly priceMinor?: number | null;
};

/** What newer advice replaces: how the debt stands, the latest notice, the cancellation. */
export type AdviceTrack = "standing" | "notice" | "cancellation";

export const TRACK_OF: Readonly<Record<AdviceAction, AdviceTrack>> = {
  charge: "standing",
  ask_customer: "standing",
  wait: "standing",
  stop: "standing",
  notify_customer: "notice",
  cancel_subscription: "cancellation",
};

/** The advice in force, by the ids of its webhooks: all other advice is overtaken. */
export type AdviceInForce = {
  readonly debtId: DebtId | null;
  /** The standing advice; null before the first. */
  readonly standing: AdviceAction | null;
  /** What the standing advice says, so that the same is not advised twice. */
  readonly says: string;
  readonly ids: Readonly<Partial<Record<AdviceTrack, string>>>;
  /** The latest attempt of the debt that was advised. */
  readonly attempt: number | null;
};

type Published = {
  readonly debtId: DebtId | string | null;
  readonly advice?: Pick<Advice, "action">;
};

/** Whether newer advice about the same debt ends older advice. To wait or to stop ends all that came before. */
export function overtakes(newer: Published, older: Published): boolean {
  if (newer.advice === undefined || older.advice === undefined) return false;
  if (older.debtId !== null && newer.debtId !== older.debtId) return false;
  const { action } = newer.advice;
  if (action === "wait" || action === "stop") return true;
  return TRACK_OF[action] === TRACK_OF[older.advice.action];
}
