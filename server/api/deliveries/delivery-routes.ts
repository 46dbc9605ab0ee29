import { z } from "zod";
import { PUBLICATION_TYPES } from "../../../domain/state/publication.ts";
import { ID_PATTERN, parseSubscriptionId } from "../../../domain/values/ids.ts";
import { formatInstant } from "../../../domain/values/time.ts";
import type { ApiScope } from "../api-scope.ts";
import { cursorOf, tokenOf } from "../cursor.ts";
import { problemAnswer } from "../problem.ts";
import type { Deliveries } from "./deliveries.ts";
import { type Delivery, DELIVERY_STATES } from "./delivery-history.ts";

const instant = z.iso.datetime();

export const deliverySchema = z
  .object({
    id: z.string().describe("The header `webhook-id` of every try."),
    type: z.enum(PUBLICATION_TYPES),
    subscription_id: z.string(),
    created_at: instant.describe("`timestamp` of its body."),
    state: z
      .enum(DELIVERY_STATES)
      .describe(
        "`given_up`: after five days, or as your server answered 410. `overtaken`: newer advice came first.",
      ),
    next_attempt_at: instant.nullable(),
    attempts: z
      .array(
        z.object({
          at: instant,
          status: z.int().nullable().describe("HTTP status; null where no answer came."),
        }),
      )
      .describe("The last 20 of each delivery, oldest first."),
  })
  .meta({ id: "Delivery" });

export const deliveryPageSchema = z.object({
  deliveries: z.array(deliverySchema),
  next_cursor: z.string().nullable(),
});

const listQuery = z.strictObject({
  subscription_id: z.string().regex(ID_PATTERN).optional(),
  cursor: z
    .base64url()
    .max(2_000)
    .optional()
    .describe("`next_cursor` of the previous page, with the same filter."),
});

const params = z.object({
  id: z.string().regex(/^recovery-[A-Za-z0-9][A-Za-z0-9_-]{0,179}-\d{1,15}-\d{1,9}$/),
});

/** Lists outgoing webhooks with the answers to them, and sends one once more. */
export function addDeliveryRoutes(api: ApiScope, deliveries: Deliveries): void {
  api.get(
    "/deliveries",
    {
      schema: {
        tags: ["Outgoing webhooks"],
        summary: "List outgoing webhooks with the answers to them, newest first",
        description:
          "From Temporal's histories, which are kept for the namespace's retention. A page has the webhooks of ten subscriptions at most, and may be empty.",
        querystring: listQuery,
        response: { 200: deliveryPageSchema, default: problemAnswer },
      },
    },
    async ({ query: { subscription_id: id, cursor } }) => {
      const subscriptionId = id === undefined ? null : parseSubscriptionId(id);
      const filter = ["deliveries", subscriptionId];
      const token = cursor === undefined ? null : tokenOf(cursor, filter);
      const page = await deliveries.list(subscriptionId, token);
      return {
        deliveries: page.deliveries.map(bodyOf),
        next_cursor: page.next === null ? null : cursorOf(page.next, filter),
      };
    },
  );
  api.post(
    "/deliveries/:id/redeliver",
    {
      schema: {
        tags: ["Outgoing webhooks"],
        summary: "Send an outgoing webhook once more: the same body and `webhook-id`, signed anew",
        description:
          "It goes after what is queued for its subscription. 409 while it is still to be delivered, and for advice that was overtaken.",
        params,
        response: { 202: deliverySchema, default: problemAnswer },
      },
    },
    async ({ params: { id }, operator }, reply) => {
      const delivery = await deliveries.redeliver(id, operator);
      return await reply.code(202).send(bodyOf(delivery));
    },
  );
}

function bodyOf({
  publication,
  state,
  attempts,
  nextAt,
}: Delivery): z.infer<typeof deliverySchema> {
  return {
    id: publication.id,
    type: publication.type,
    subscription_id: publication.subscriptionId,
    created_at: formatInstant(publication.at),
    state,
    next_attempt_at: nextAt === null ? null : formatInstant(nextAt),
    attempts: attempts.map(({ at, status }) => ({ at: formatInstant(at), status })),
  };
}
