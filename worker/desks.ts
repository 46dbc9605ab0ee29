import type { Client } from "@temporalio/client";
import type { DeliveryDependencies } from "../activities/outgoing/delivery.ts";
import type { TellDependencies } from "../activities/tell-operator.ts";
import { deliveryOf, deskOf, OPERATOR_DESK, WEBHOOK_DELIVERY } from "../workflows/contract.ts";

/** Hands over to workflows of their own: once Temporal has it, it outlives this process. */
export function createDesks(
  client: Client,
  taskQueue: string,
): Pick<DeliveryDependencies, "handOver"> & Pick<TellDependencies, "report"> {
  return {
    handOver: async (subscriptionId, publications) => {
      const options = deliveryOf(subscriptionId, publications);
      await client.workflow.signalWithStart(WEBHOOK_DELIVERY, { ...options, taskQueue });
    },
    report: async (report) => {
      await client.workflow.signalWithStart(OPERATOR_DESK, deskOf(taskQueue, report));
    },
  };
}
