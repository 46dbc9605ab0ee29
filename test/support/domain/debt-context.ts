import type { DebtContext } from "../../../domain/debt/attribution.ts";

/** The facts about a debt on a hold, with nothing beside it. */
export function debtContext(
  facts: Pick<DebtContext, "debtId" | "failedPaymentId" | "firstFailedAt"> & Partial<DebtContext>,
): DebtContext {
  return {
    methodId: "pm_1",
    wasHeld: true,
    linkPaymentId: null,
    excludedPayments: [],
    handledPayments: [],
    otherPayments: [],
    foreignCharges: "ask",
    debtKeyName: null,
    debtKey: null,
    subscriptionKey: null,
    ...facts,
  };
}
