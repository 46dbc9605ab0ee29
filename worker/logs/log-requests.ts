import type { DodoPort, OnRefusedRequest, OnRequestEnded } from "../../dodo/port.ts";
import type { Log } from "../../platform/log.ts";
import { activityIds } from "../../activities/activity-ids.ts";

/** Logs what leaves for Dodo to charge, right before it does: if this process dies then, the line is the last that is known. */
export function logCharges(dodo: DodoPort, log: Log): DodoPort {
  return {
    ...dodo,
    charge: async (order) => {
      const { idempotencyKey: attempt, subscriptionId, amountMinor, currency, metadata } = order;
      const number = Number(metadata["retry_attempt"]);
      const what = { attempt, number, subscriptionId, amountMinor, currency, via: "charge" };
      log.info({ event: "charge_sent", ...what, ...recoveryOf(activityIds()) });
      return await dodo.charge(order);
    },
    manualRetry: async (paymentId) => {
      const what = { paymentId, via: "manual_retry" };
      log.info({ event: "charge_sent", ...what, ...recoveryOf(activityIds()) });
      return await dodo.manualRetry(paymentId);
    },
  };
}

function recoveryOf({ recoveryId }: ReturnType<typeof activityIds>): {
  readonly recoveryId?: string;
} {
  return recoveryId === undefined ? {} : { recoveryId };
}

/** Logs each error that Dodo answers. */
export function logRefusals(log: Log): OnRefusedRequest {
  return ({ method, path, code, httpStatus, said, requestId }) => {
    const answer = { method, path, code, httpStatus, said, requestId };
    log.warn({ event: "dodo_refused", ...answer, ...activityIds() }, "Dodo answered with an error");
  };
}

/** Logs each request that Dodo did not answer, and each answer to one that changes something. Errors have lines of their own. */
export function logRequests(log: Log): OnRequestEnded {
  return ({ route, status, requestId, seconds }) => {
    if (status === null) {
      log.warn({ event: "dodo_unanswered", route, seconds, ...activityIds() });
    } else if (status < 400 && !route.startsWith("GET ")) {
      log.info({ event: "dodo_answered", route, status, seconds, requestId, ...activityIds() });
    }
  };
}
