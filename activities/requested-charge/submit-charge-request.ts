import { refusedStatus } from "../../domain/requested-charge/requested-charge.ts";
import type { ChargeRequested } from "../../domain/state/event.ts";
import { isSilent, type Mode } from "../../domain/state/outcome.ts";
import type { ChargeRequest, RequestedChargeStatus } from "../../domain/state/requested-charge.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";

export type SubmitChargeInput = {
  readonly subscriptionId: SubscriptionId;
  readonly request: ChargeRequest;
};

/** Temporal's client for requested charges. */
export type RequestedChargeClient = {
  /** The charge's status from the newest closed run; null if that run does not name the charge, or is still open. */
  readonly readEndedStatus: (
    subscriptionId: SubscriptionId,
    request: ChargeRequest,
  ) => Promise<RequestedChargeStatus | null>;
  /** Sends the request to the subscription's recovery, and starts one if there is none. */
  readonly request: (subscriptionId: SubscriptionId, event: ChargeRequested) => Promise<void>;
};

export type ChargeRequestActivities = {
  /** @returns null if the recovery has the request and reports the status from then on */
  readonly submitChargeRequest: (input: SubmitChargeInput) => Promise<RequestedChargeStatus | null>;
};

/**
 * Submits a requested charge to its recovery. Submitting it again is safe: the charge is a debt with its own id, and a recovery
 * handles a debt once.
 */
export function createChargeRequestActivities(dependencies: {
  readonly recoveries: RequestedChargeClient;
  readonly mode: Mode;
}): ChargeRequestActivities {
  const { recoveries, mode } = dependencies;
  return {
    submitChargeRequest: async ({ subscriptionId, request }) => {
      const ended = await recoveries.readEndedStatus(subscriptionId, request);
      if (ended !== null) return ended;
      if (isSilent(mode)) return refusedStatus(request, "shadow", `${mode} mode sends nothing`);
      await recoveries.request(subscriptionId, { kind: "charge_requested", request });
      return null;
    },
  };
}
