import { isoOf } from "../serializers/payments.ts";
import type { Call, Route } from "./request-pipeline.ts";

function listWebhooks({ world, asked }: Call): unknown {
  const { webhookUrl, webhookTypes } = world.settings;
  const endpoint = {
    id: "whk_sandbox",
    url: webhookUrl,
    description: "Sandbox endpoint",
    disabled: false,
    filter_types: webhookTypes,
    metadata: {},
    rate_limit: null,
    created_at: isoOf(asked),
    updated_at: isoOf(asked),
  };
  return { data: webhookUrl === null ? [] : [endpoint], iterator: null, done: true };
}

export const WEBHOOK_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/webhooks",
    mutating: false,
    subscriptionOf: () => null,
    handle: listWebhooks,
  },
];
