import { notFound } from "../../model/errors.ts";
import { isoOf } from "../../serializers/timestamps.ts";
import { noSubscription, type ApiCall, type Route } from "../route.ts";

const ENDPOINT_ID = "whk_sandbox";

/** The sandbox has one endpoint at most, and takes it from the settings. */
function list({ context, requestTime }: ApiCall): unknown {
  const { webhookUrl, webhookTypes, webhookDisabled } = context.settings;
  const endpoint = {
    id: ENDPOINT_ID,
    url: webhookUrl,
    description: "Sandbox endpoint",
    disabled: webhookDisabled,
    filter_types: webhookTypes,
    metadata: {},
    rate_limit: null,
    created_at: isoOf(requestTime),
    updated_at: isoOf(requestTime),
  };
  return { data: webhookUrl === null ? [] : [endpoint], iterator: null, done: true };
}

function secret({ context, params }: ApiCall): unknown {
  const { webhookUrl, webhookKey } = context.settings;
  if (webhookUrl === null || params["webhook_id"] !== ENDPOINT_ID) throw notFound("Webhook");
  return { secret: webhookKey };
}

export const WEBHOOK_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/webhooks",
    mutating: false,
    subscriptionIdOf: noSubscription,
    handle: list,
  },
  {
    method: "GET",
    path: "/webhooks/:webhook_id/secret",
    mutating: false,
    subscriptionIdOf: noSubscription,
    handle: secret,
  },
];
