import type { Publication } from "../../../domain/state/publication.ts";
import { parseSubscriptionId, recoveryIdOf } from "../../../domain/values/ids.ts";
import { deliveryStartOf, WEBHOOK_DELIVERY } from "../../../workflows/contract.ts";
import type { DeliveryResult } from "../../../workflows/delivery/webhook-delivery.ts";
import type { TestSystem } from "../system/test-system.ts";

/** A webhook about a debt that waits. @param number of the webhook within its recovery */
export function publicationOf(
  subscriptionId: string,
  number: number,
  given: Partial<Publication> = {},
): Publication {
  const id = parseSubscriptionId(subscriptionId);
  if (id === null) throw new Error("not an id");
  return {
    id: `recovery-${id}-1764064805000-${number}`,
    type: "recovery.opened",
    at: 1_764_064_805_000,
    recoveryId: recoveryIdOf(id),
    subscriptionId: id,
    customerId: null,
    debtId: "pay_1",
    state: "waiting",
    outcome: null,
    by: null,
    amountMinor: 2_900,
    currency: "USD" as Publication["currency"],
    declineCode: null,
    declineClass: null,
    attempts: 1,
    nextAttemptAt: null,
    cause: null,
    ...given,
  };
}

/** Enqueues webhooks of one subscription for delivery, as the worker does. */
export async function enqueueWebhooks(
  { client, taskQueue }: TestSystem,
  publications: readonly Publication[],
): Promise<void> {
  const [first] = publications;
  if (first === undefined) throw new Error("nothing to enqueue");
  const options = deliveryStartOf(first.subscriptionId, publications);
  await client.workflow.signalWithStart(WEBHOOK_DELIVERY, { ...options, taskQueue });
}

/** What became of a subscription's webhooks, once all were delivered or given up. */
export async function deliveryResultOf(
  { client }: TestSystem,
  subscriptionId: string,
): Promise<DeliveryResult> {
  const delivery = client.workflow.getHandle(`delivery-${subscriptionId}`);
  return (await delivery.result()) as DeliveryResult;
}
