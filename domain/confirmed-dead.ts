import { extendReleased, releasePayment } from "./charge/released-payment.ts";
import { refusalOf, retryNow } from "./commands.ts";
import { type DecisionDraft, explain, reply, update } from "./decision/draft.ts";
import type { RefusalCode } from "./state/command.ts";
import type { WaitingPayment } from "./state/current-debt.ts";
import type { ReadOutcome } from "./state/event.ts";
import { waitsFor } from "./state/payment.ts";
import type { EffectId, PaymentId } from "./values/ids.ts";

/**
 * Accepts or rejects an operator's confirmation that the waiting payment is dead, after a read of Dodo that started later.
 * The confirmation counts only if the payment still waits as it did: it may have been completed since the operator looked.
 *
 * @param outcome null where the read failed
 * @source docs/RECOVERY.md, "A payment that waits for a person"
 */
export function concludeConfirmedDead(
  draft: DecisionDraft,
  readId: EffectId,
  outcome: ReadOutcome | null,
): void {
  const { confirmedDead, waitingPayment, paused } = draft.recovery;
  if (confirmedDead === null || confirmedDead.earlierRead === readId) return;
  const { by, commandId, paymentId } = confirmedDead;
  update(draft, { confirmedDead: null });
  if (outcome?.kind !== "read") {
    return reject(draft, commandId, "not_now", "Dodo could not be read; nothing was charged");
  }
  if (waitingPayment?.paymentId !== paymentId || !stillWaits(outcome, paymentId, waitingPayment)) {
    return reject(
      draft,
      commandId,
      "not_applicable",
      `${paymentId} no longer waits as it did; nothing was charged`,
    );
  }
  if (paused !== null) {
    return reject(draft, commandId, "not_now", "the recovery was paused meanwhile");
  }
  const refusal = refusalOf(draft.recovery, {
    action: "retry_now",
    by,
    note: "",
    confirmedAbsent: false,
    confirmedDead: true,
  });
  if (refusal !== null) return reject(draft, commandId, refusal.code, refusal.reason);
  releasePayment(draft, waitingPayment, by, `${by} confirmed that it is dead`);
  retryNow(draft);
  // The window, which stood still for the question, is longer now.
  extendReleased(draft);
  reply(draft, commandId, { ok: true });
}

function stillWaits(
  { evidence }: ReadOutcome & { readonly kind: "read" },
  id: PaymentId,
  waiting: WaitingPayment,
): boolean {
  const payment = evidence.payments.find(({ paymentId }) => paymentId === id);
  return payment !== undefined && waitsFor(payment) === waiting.waitsFor;
}

function reject(draft: DecisionDraft, commandId: string, code: RefusalCode, reason: string): void {
  reply(draft, commandId, { ok: false, code, reason });
  explain(draft, "payment.not_released", reason);
}
