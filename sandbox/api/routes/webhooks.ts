import { isoOf } from "../../serializers/timestamps.ts";
import { noSubscription, type ApiCall, type Route } from "../route.ts";

/** The sandbox has one endpoint at most, and takes it from the settings. */
function list({ context, requestTime }: ApiCall): unknown {
  const { webhookUrl, webhookTypes } = context.settings;
  const endpoint = {
    id: "whk_sandbox",
    url: webhookUrl,
    description: "Sandbox endpoint",
    disabled: false,
    filter_types: webhookTypes,
    metadata: {},
    rate_limit: null,
    created_at: isoOf(requestTime),
    updated_at: isoOf(requestTime),
  };
  return { data: webhookUrl === null ? [] : [endpoint], iterator: null, done: true };
}

export const WEBHOOK_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/webhooks",
    mutating: false,
    subscriptionIdOf: noSubscription,
    handle: list,
  },
];
