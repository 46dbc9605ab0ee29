import type { Step } from "./decision/step.ts";
import type { EffectKind } from "./state/effect-kind.ts";
import { isPending } from "./state/facts.ts";
import type { Recovery } from "./state/recovery.ts";

/** What a recovery waits for, as a noun phrase that completes "waits for …". @param step the next one, if there is one */
export function waitingFor(recovery: Recovery, step: Step | null): string {
  const person = personAwaited(recovery);
  if (person === null) return step?.what ?? eventAwaited(recovery);
  return step === null ? person : `${person}; until then, ${step.what}`;
}

function personAwaited({ attention, paused }: Recovery): string | null {
  const causes = attention.map(({ cause }) => cause).join(", ");
  const isAsked = attention.length > 0;
  if (paused !== null) {
    const then = isAsked ? `, and then an answer (${causes})` : "";
    return `an operator, who resumes the recovery${then}`;
  }
  return isAsked ? `an operator's answer (${causes})` : null;
}

const PENDING: readonly (readonly [EffectKind, string])[] = [
  ["read", "a read of Dodo that has started"],
  ["cancel", "the cancellation of the subscription"],
  ["payment_link", "the payment page, which Dodo creates"],
  ["notice", "a notice that is being sent"],
];

function eventAwaited(recovery: Recovery): string {
  const { debt, opening, charge, chargeRequests, settlement, paymentLink, customerAction } =
    recovery;
  if (charge !== null) return `the outcome of attempt ${charge.number}`;
  const isEnding = debt === null && opening === null && chargeRequests.length === 0;
  const pending = PENDING.find(([kind]) => isPending(recovery, kind));
  if (pending !== undefined) return pending[1];
  if (isEnding) return "nothing: the recovery is over";
  if (settlement !== null) return "the subscription's return";
  if (paymentLink !== null || customerAction !== null) return "the customer";
  return "a webhook about this subscription";
}
