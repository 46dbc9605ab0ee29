import type { ChargeInput } from "../../activities/charge/charge-input.ts";
import { earlierChargeOf } from "../../domain/charge/earlier-charges.ts";
import { closedPaymentIds } from "../../domain/debt/result.ts";
import { type RecordedDecision, replayed, stateAtStart } from "../../domain/decision/recorded.ts";
import type { EndedDebt } from "../../domain/state/debt.ts";
import type { ChargeOutcome, PaymentLinkOutcome } from "../../domain/state/event.ts";
import type { EarlierCharge, EarlierPage, EarlierRuns } from "../../domain/state/payment.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { type AttemptKey } from "../../domain/values/ids.ts";
import { MINUTE_MS } from "../../domain/values/time.ts";
import type { ActivityOfRun, RunHistory } from "./run-history.ts";

/** Of a charge whose history names no time-out. */
const LONGEST_CHARGE_MS = 2 * MINUTE_MS;

/**
 * What a run leaves behind that was terminated, timed out, failed, or was reset: what its recorded decisions ended, and
 * the charges and payment pages that it can no longer follow.
 */
export function leftByStoppedRun(
  run: RunHistory,
): EarlierRuns & { readonly debts: readonly EndedDebt[] } {
  const { ended, handledPayments, blockedMethods, imported } = lastStateOf(run);
  return {
    endedDebts: closedPaymentIds({ debts: ended, handledPayments }),
    blockedMethods,
    debts: ended,
    earlierCharges: chargesOf(run),
    earlierPages: run.activities.flatMap(pageOf),
    ...(imported === null ? {} : { stoppedImport: imported }),
  };
}

type LastState = Pick<Recovery, "ended" | "handledPayments" | "blockedMethods" | "imported">;

function lastStateOf({ input, decisions }: RunHistory): LastState {
  const start = stateAtStart(input, 0);
  if (start === null) return { ended: [], handledPayments: [], blockedMethods: [], imported: null };
  return (decisions as readonly RecordedDecision[]).reduce(
    (state, decision) => replayed(state, decision).after,
    start,
  );
}

/** A key is sent again only after it was established that the one before made no payment, so the last one counts. */
function chargesOf({ activities, closedAt }: RunHistory): EarlierCharge[] {
  const last = new Map<AttemptKey, EarlierCharge | null>();
  for (const activity of activities) {
    if (activity.name !== "charge") continue;
    const { key, number, at, via } = activity.input as ChargeInput;
    const sent = { key, number, startedAt: at, ...(via === undefined ? {} : { via }) };
    last.set(key, leftBehind(sent, activity, closedAt ?? activity.scheduledAt));
  }
  return [...last.values()].filter((charge) => charge !== null);
}

function leftBehind(
  sent: Parameters<typeof earlierChargeOf>[0],
  { end, longestMs }: ActivityOfRun,
  closedAt: number,
): EarlierCharge | null {
  const longest = longestMs ?? LONGEST_CHARGE_MS;
  switch (end?.kind) {
    case "completed":
      return earlierChargeOf(sent, end.result as ChargeOutcome, end.at);
    case "cancelled":
      return null;
    case "lost":
      return earlierChargeOf(sent, null, end.at + longest);
    case undefined:
      return earlierChargeOf(sent, null, closedAt + longest);
  }
}

function pageOf({ name, end }: ActivityOfRun): EarlierPage[] {
  if (name !== "createPaymentLink" || end?.kind !== "completed") return [];
  const outcome = end.result as PaymentLinkOutcome;
  if (outcome.kind !== "made" || outcome.paymentId === null) return [];
  return [{ paymentId: outcome.paymentId, createdAt: end.at }];
}
