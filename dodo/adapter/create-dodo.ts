import type { DodoPort } from "../port.ts";
import { readBusinessId } from "./business.ts";
import { type Client, createClient, type DodoSettings } from "./client.ts";
import { customerMethods } from "./customers.ts";
import { translated } from "./errors.ts";
import { listMethods } from "./lists.ts";
import { mandateMethods } from "./mandates.ts";
import { recoveryMethods } from "./recoveries.ts";
import { endpointMethods } from "./webhook-endpoints.ts";

export type { DodoSettings } from "./client.ts";

/** The port over HTTP, by Dodo's SDK. */
export function createDodo(settings: DodoSettings): DodoPort {
  const client = createClient(settings);
  return {
    ...recoveryMethods(client),
    ...customerMethods(client),
    ...listMethods(client),
    ...mandateMethods(client),
    ...endpointMethods(client),
    checkKey: () => checkKey(client),
    businessId: () => readBusinessId(client),
  };
}

async function checkKey({ sdk, reading }: Client): Promise<void> {
  await translated(sdk.payments.list({ page_size: 1 }, reading("once")));
}
