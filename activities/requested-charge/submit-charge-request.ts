import { refusedStatus } from "../../domain/requested-charge/requested-charge.ts";
import type { ChargeRequested } from "../../domain/state/event.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import type { ChargeRequest, RequestedChargeStatus } from "../../domain/state/requested-charge.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";

export type SubmitChargeInput = {
  readonly subscriptionId: SubscriptionId;
  readonly request: ChargeRequest;
};

/** The recoveries in Temporal, as a requested charge sees them. */
export type RequestedChargeClient = {
  /** How the newest closed run ended this charge; null where it does not name it, or is still open. */
  readonly readEndedStatus: (
    subscriptionId: SubscriptionId,
    request: ChargeRequest,
  ) => Promise<RequestedChargeStatus | null>;
  /** Sends the request to the subscription's recovery, and starts one where there is none. */
  readonly request: (subscriptionId: SubscriptionId, event: ChargeRequested) => Promise<void>;
};

export type ChargeRequestActivities = {
  /** @returns null where the recovery has the request, and reports its status from then on */
  readonly submitChargeRequest: (input: SubmitChargeInput) => Promise<RequestedChargeStatus | null>;
};

/**
 * Submits a requested charge to its recovery. It may be submitted again at any time: the charge names its debt, which a
 * recovery takes once and ends once.
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
      if (mode === "shadow") return refusedStatus(request, "shadow", "shadow mode sends nothing");
      await recoveries.request(subscriptionId, { kind: "charge_requested", request });
      return null;
    },
  };
}
