/** The bundle's entry: every workflow the worker can run. */
export { subscriptionRecovery } from "./subscription-recovery.ts";
