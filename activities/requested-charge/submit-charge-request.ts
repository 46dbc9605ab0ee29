import { refusedStatus } from "../../domain/requested-charge/requested-charge.ts";
import type { ChargeRequested } from "../../domain/state/event.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import type { ChargeRequest, RequestedChargeStatus } from "../../domain/state/requested-charge.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";

export type HandOverInput = {
  readonly subscriptionId: SubscriptionId;
  readonly request: ChargeRequest;
};

/** The recoveries as a charge sees them. */
export type RequestedChargeClient = {
  /** How the newest closed run has ended this charge; null where it does not name it, or is open. */
  readonly readEndedStatus: (
    subscriptionId: SubscriptionId,
    request: ChargeRequest,
  ) => Promise<RequestedChargeStatus | null>;
  readonly request: (subscriptionId: SubscriptionId, event: ChargeRequested) => Promise<void>;
};

/** What came of the handing over: null = the recovery has it, and tells how it stands. */
export type HandedOver = RequestedChargeStatus | null;

export type ChargeRequestActivities = {
  readonly submitChargeRequest: (input: HandOverInput) => Promise<HandedOver>;
};

/**
 * Asks the recovery for a charge. It may be asked again at any time: the charge names its debt, which a recovery
 * takes once and ends once.
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
