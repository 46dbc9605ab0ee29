import { type Check, fail, ok, unknown } from "../check.ts";
import { BUSINESS_MEMO, BUSINESS_RECORD } from "../../../workflows/contract.ts";
import { readScheduleMemo } from "../../../platform/temporal/schedule-memo.ts";
import { whyUnreadable } from "./key.ts";

/** Reads one payment, and what the namespace records. */
export const businessCheck: Check = {
  name: "dodo.business",
  what: "Business",
  requests: 6,
  run: async (subject) => {
    const { dodo, temporal } = subject;
    const unreadable = whyUnreadable(await dodo.key(), subject);
    if (unreadable !== null) return unreadable;
    const businessId = await dodo.businessId();
    if (businessId === null) return unknown("The account has no payment yet, which would name it.");
    const connected = await temporal.connect();
    if (connected.kind !== "connected") return unknown("Temporal cannot be reached.");
    const recorded = await readScheduleMemo(connected.client, BUSINESS_RECORD, BUSINESS_MEMO);
    if (recorded === null) return ok(`${businessId}; the first worker records it.`);
    if (recorded === businessId) return ok(businessId);
    return fail(
      `The key belongs to ${businessId}, and the namespace to ${recorded}: its webhooks change nothing.`,
      "Correct DODO_PAYMENTS_API_KEY; or, if the record is wrong, delete it and restart the worker and the gateway: " +
        `temporal schedule delete --namespace ${connected.namespace} --schedule-id ${BUSINESS_RECORD}`,
    );
  },
};
