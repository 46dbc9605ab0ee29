import type { Policy } from "../policy.ts";
import { attemptValidUntil } from "../schedule/advice-validity.ts";
import type { Advice } from "../advice/advice.ts";
import { isChargeable } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import { attemptKeyOf } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";

/** How the current debt stands: what to advise, and a key that differs where the advice does. */
export type Standing = Omit<Advice, "rule" | "reason"> & { readonly says: string };

type Case = {
  readonly applies: (recovery: Recovery) => boolean;
  readonly action: "wait" | "stop";
  /** What differs from one such state to the next. */
  readonly about: (recovery: Recovery) => string;
};

const because =
  (action: Case["action"]) =>
  (applies: Case["applies"], about: Case["about"]): Case => ({ applies, action, about });
const wait = because("wait");
const stop = because("stop");

/** The states in which nothing may be charged, the first that applies. */
const HELD: readonly Case[] = [
  stop(
    ({ settlement }) => settlement !== null,
    () => "paid",
  ),
  stop(
    ({ closing }) => closing !== null,
    () => "ends",
  ),
  wait(
    ({ attention }) => attention.length > 0,
    ({ attention }) => attention.map(({ cause, since }) => `${cause}/${since}`).join(","),
  ),
  wait(
    ({ paused }) => paused !== null,
    () => "paused",
  ),
  wait(
    ({ observing }) => observing !== null,
    () => "observed",
  ),
  wait(
    ({ charge }) => charge !== null,
    () => "charge",
  ),
  wait(
    ({ followUp }) => followUp !== null,
    ({ followUp }) => `open/${followUp?.paymentId ?? followUp?.reason}`,
  ),
  wait(
    ({ paymentLink }) => paymentLink !== null,
    () => "payment_page",
  ),
];

/**
 * What holds for the current debt, derived from the state after a decision; null while it is still to be decided, as under a read.
 * Advice follows from the state, so it cannot contradict it.
 */
export function standingOf(recovery: Recovery, policy: Policy, now: Instant): Standing | null {
  const { debt, plan, customerAction, windowEndsAt } = recovery;
  if (debt === null) return null;
  const none = { at: null, attemptKey: null, validUntil: null };
  const held = HELD.find(({ applies }) => applies(recovery));
  if (held !== undefined)
    return { ...none, action: held.action, says: `${held.action}/${held.about(recovery)}` };
  if (customerAction !== null) {
    const { reason, since } = customerAction;
    const says = `ask_customer/${reason}/${since}`;
    return { ...none, action: "ask_customer", validUntil: windowEndsAt, says };
  }
  if (plan === null) return null;
  if (!isChargeable(recovery)) return { ...none, action: "wait", says: "wait/status" };
  const validUntil = attemptValidUntil(recovery, policy, plan);
  if (now >= validUntil || plan.at >= validUntil) return null;
  const attemptKey = attemptKeyOf(debt.id, plan.number);
  const priceMinor = debt.priceMinor;
  const says = `charge/${attemptKey}/${plan.at}`;
  return { action: "charge", at: plan.at, attemptKey, validUntil, priceMinor, says };
}
