/** The entry of the workflow bundle: every workflow that the worker runs. */
export { operatorAlerts } from "./alerts/operator-alerts.ts";
export { chargeRequest } from "./charge-request/charge-request.ts";
export { checkoutRecovery } from "./checkout/checkout-recovery.ts";
export { webhookDelivery } from "./delivery/webhook-delivery.ts";
export { ledgerCheck } from "./ledger/ledger-check.ts";
export { debtImport } from "./import/debt-import.ts";
export { mandateSetup } from "./mandate/mandate-setup.ts";
export { customerNotices } from "./notices/customer-notices.ts";
export { recoveryProof } from "./proof/recovery-proof.ts";
export { subscriptionRecovery } from "./recovery/subscription-recovery.ts";
export { reconciliationSweep } from "./sweep/reconciliation-sweep.ts";
