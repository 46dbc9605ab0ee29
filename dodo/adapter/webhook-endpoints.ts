import { type AccountPort, DodoError, type WebhookEndpoint } from "../port.ts";
import { fieldsOf, textOf } from "../shapes.ts";
import type { Client } from "./client.ts";
import { translated } from "./errors.ts";

type EndpointMethods = Pick<AccountPort, "webhookEndpoints" | "webhookSecret">;

const PAGE_SIZE = 100;

/** An account has a handful of endpoints. */
const PAGES_MAX = 5;

/** What Dodo knows about where it sends webhooks. @source dodopayments 2.52.0, resources/webhooks/webhooks.d.ts */
export function endpointMethods({ sdk, reading }: Client): EndpointMethods {
  return {
    webhookEndpoints: async () => {
      const found: WebhookEndpoint[] = [];
      let iterator: string | null = null;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const query = { limit: PAGE_SIZE, ...(iterator === null ? {} : { iterator }) };
        const answer = fieldsOf(await translated(sdk.webhooks.list(query, reading("patient"))));
        const { data, done, iterator: next } = fieldsOf(answer["body"]);
        if (!Array.isArray(data)) {
          throw new DodoError({ kind: "unknown", detail: "Dodo's answer has no list" });
        }
        found.push(...data.map(endpointOf).filter((one) => one !== null));
        iterator = textOf(next);
        if (done !== false || iterator === null) return found;
      }
      return found;
    },
    webhookSecret: async (endpointId) => {
      const answer = await translated(sdk.webhooks.retrieveSecret(endpointId, reading("patient")));
      const secret = textOf(fieldsOf(answer)["secret"]);
      if (secret !== null) return secret;
      throw new DodoError({ kind: "unknown", detail: "Dodo's answer has no secret" });
    },
  };
}

function endpointOf(raw: unknown): WebhookEndpoint | null {
  const { id, url, disabled, filter_types: types } = fieldsOf(raw);
  const [endpointId, address] = [textOf(id), textOf(url)];
  if (endpointId === null || address === null) return null;
  const selected = Array.isArray(types)
    ? types.map((one) => textOf(one)).filter((one) => one !== null)
    : null;
  return { id: endpointId, url: address, isDisabled: disabled === true, types: selected };
}
