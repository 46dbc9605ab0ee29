/** The bundle's entry: every workflow the worker can run. */
export { subscriptionRecovery } from "./subscription-recovery.ts";
export { reconciliationSweep } from "./reconciliation-sweep.ts";
export { webhookDelivery } from "./webhook-delivery.ts";
export { customerNotices } from "./customer-notices.ts";
export { operatorDesk } from "./operator-desk.ts";
export { checkoutRecovery } from "./checkout-recovery.ts";
export { recoveryProof } from "./recovery-proof.ts";
export { mandateSetup } from "./mandate-setup.ts";
export { chargeRequest } from "./charge-request.ts";
