/** @source docs/dodo/webhooks.md, "Event types" */
const TYPES = {
  payment: ["succeeded", "failed", "processing", "cancelled"],
  subscription: [
    "active",
    "renewed",
    "on_hold",
    "past_due",
    "paused",
    "unpaused",
    "cancelled",
    "failed",
    "expired",
    "plan_changed",
    "updated",
    "update_payment_method",
  ],
  refund: ["succeeded", "failed"],
  dispute: ["opened", "expired", "accepted", "cancelled", "challenged", "won", "lost"],
  dunning: ["started", "recovered"],
  abandoned_checkout: ["detected", "recovered"],
} as const;

type Topic = keyof typeof TYPES;

const typesOf = (topics: readonly Topic[]): readonly string[] =>
  topics.flatMap((topic) => TYPES[topic].map((name) => `${topic}.${name}`));

/** The types that concern Reprise, refunds and disputes included: labels of metrics. */
export const WEBHOOK_TYPES: readonly string[] = typesOf(Object.keys(TYPES) as Topic[]);

/**
 * The types that the endpoint at Dodo has to select.
 * @param needsCheckouts the policy says `one_time_payments: notify`
 */
export function endpointTypes(needsCheckouts: boolean): readonly string[] {
  const topics: readonly Topic[] = ["payment", "subscription", "dunning"];
  return typesOf(needsCheckouts ? [...topics, "abandoned_checkout"] : topics);
}
