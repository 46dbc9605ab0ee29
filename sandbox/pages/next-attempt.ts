/** What the next charge that Dodo is asked for will do, as the console offers it. */
import type { SandboxContext } from "../model/context.ts";
import type { Subscription } from "../model/state/entities.ts";
import { newId } from "../model/state/ids.ts";
import type { Outcome } from "../model/state/outcome.ts";

/** One code for each way to handle a decline, and one that Dodo does not document. */
export const DECLINE_CODES = [
  "INSUFFICIENT_FUNDS",
  "GENERIC_DECLINE",
  "PROCESSING_ERROR",
  "AUTHENTICATION_REQUIRED",
  "EXPIRED_CARD",
  "STOLEN_CARD",
  "INVALID_AMOUNT",
  "UNDOCUMENTED_CODE",
] as const;

type Choice = {
  readonly value: string;
  /** Completes "the next attempt will …". */
  readonly label: string;
  /** Null: the card decides. */
  readonly outcome: Outcome | null;
  /** What happens to the request: `drop_after` takes effect and loses the answer. */
  readonly fault?: "drop_before" | "drop_after";
};

export const CHOICES: readonly Choice[] = [
  { value: "card", label: "do what the card does", outcome: null },
  { value: "succeed", label: "succeed", outcome: "succeed" },
  ...DECLINE_CODES.map((code) => ({
    value: code,
    label: `be declined: ${code}`,
    outcome: { decline: code },
  })),
  { value: "stay", label: "stay open at the bank", outcome: { processing: true } },
  {
    value: "lost",
    label: "succeed, but the answer is lost",
    outcome: "succeed",
    fault: "drop_after",
  },
  { value: "unsent", label: "never reach Dodo", outcome: "succeed", fault: "drop_before" },
];

const CHARGE_ROUTE = { method: "POST", route: "/subscriptions/:id/charge" } as const;

/** @returns the label of the choice; null if there is no such choice */
export function chooseNextAttempt(
  { store: { faults } }: SandboxContext,
  { subscriptionId, behaviour }: Subscription,
  value: string,
): string | null {
  const choice = CHOICES.find((one) => one.value === value);
  if (choice === undefined) return null;
  const { outcome, fault } = choice;
  const others = faults.filter((one) => one.subscriptionId !== subscriptionId);
  faults.splice(0, faults.length, ...others);
  behaviour.outcomes.splice(0, behaviour.outcomes.length, ...(outcome === null ? [] : [outcome]));
  if (fault !== undefined) {
    const selector = { ...CHARGE_ROUTE, subscriptionId, skip: 0, times: 1 };
    faults.push({ kind: fault, ...selector, faultId: newId("flt") });
  }
  return choice.label;
}

/** The choice that stands; null if something else was set through the control API. */
export function chosenNextAttempt(
  { store }: SandboxContext,
  { subscriptionId, behaviour }: Subscription,
): string | null {
  const fault = store.faults.find((one) => one.subscriptionId === subscriptionId)?.kind;
  const outcome = JSON.stringify(behaviour.outcomes[0] ?? null);
  const choice = CHOICES.find(
    (one) => one.fault === fault && JSON.stringify(one.outcome) === outcome,
  );
  return choice?.value ?? null;
}
