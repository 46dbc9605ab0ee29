import { z } from "zod";
import { OUTCOMES, RECOVERY_STATES } from "../../../domain/state/outcome.ts";
import {
  ID_PATTERN,
  parseSubscriptionId,
  type SubscriptionId,
} from "../../../domain/values/ids.ts";
import type { ApiScope } from "../api-scope.ts";
import { tokenOf } from "../cursor.ts";
import { Problem, problemAnswer } from "../problem.ts";
import type { RecoveryClient } from "./recovery-client.ts";
import {
  type ActionName,
  ACTIONS,
  filterKeyOf,
  recoveryBody,
  recoveryPageBody,
  recoveryPageSchema,
  recoverySchema,
} from "./recovery-view.ts";

const actionNames = Object.keys(ACTIONS) as ActionName[];

export const subscriptionParams = z.object({
  subscription_id: z.string().regex(ID_PATTERN, "expected a Dodo subscription id"),
});

/** Brands an id that `subscriptionParams` has validated. */
export function subscriptionIdOf(params: { readonly subscription_id: string }): SubscriptionId {
  const id = parseSubscriptionId(params.subscription_id);
  if (id === null)
    throw new Problem(400, "invalid_request", "The id is not a Dodo subscription id.");
  return id;
}

const listQuery = z.strictObject({
  state: z.enum(RECOVERY_STATES).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  customer_id: z.string().regex(ID_PATTERN).optional(),
  cursor: z
    .base64url()
    .max(2_000)
    .optional()
    .describe("`next_cursor` of the previous page, with the same filters."),
});

const actionBody = z
  .strictObject({
    note: z.string().max(500).default("").describe("Stored in the record."),
    confirmed_absent: z
      .boolean()
      .default(false)
      .describe("`retry` only: a person has checked that Dodo does not have the unknown charge."),
    confirmed_dead: z
      .boolean()
      .default(false)
      .describe(
        "`retry` only: a person has checked that nobody will complete the payment that waits for the customer or the merchant.",
      ),
    new_debt: z
      .boolean()
      .default(false)
      .describe("`resume` only: the payment in question belongs to a separate debt."),
  })
  .nullish()
  .transform(
    (body) => body ?? { note: "", confirmed_absent: false, confirmed_dead: false, new_debt: false },
  );

const ACTION_DESCRIPTION = [
  "409 with the reason if the action does not apply.",
  "A resume lifts a pause or answers the open questions, never both.",
  "The answer has what is still open, and what each action would do next.",
].join(" ");

export const sweepSchema = z.object({ started: z.literal(true) });

/** Lists, shows and steers recoveries, and starts the sweep. */
export function addRecoveryRoutes(api: ApiScope, client: RecoveryClient): void {
  api.get(
    "/recoveries",
    {
      schema: {
        tags: ["Recoveries"],
        summary: "List recoveries, newest first, 50 per page",
        querystring: listQuery,
        response: { 200: recoveryPageSchema, default: problemAnswer },
      },
    },
    async ({ query: { state, outcome, customer_id: customerId, cursor } }) => {
      const filter = { state, outcome, customerId };
      const token = cursor === undefined ? null : tokenOf(cursor, filterKeyOf(filter));
      return recoveryPageBody(await client.list(filter, token), filter);
    },
  );
  api.get(
    "/recoveries/:subscription_id",
    {
      schema: {
        tags: ["Recoveries"],
        summary:
          "Get the latest recovery of a subscription: its next step and what happened, with reasons",
        params: subscriptionParams,
        response: { 200: recoverySchema, default: problemAnswer },
      },
    },
    async ({ params }) => recoveryBody(await client.view(subscriptionIdOf(params))),
  );
  api.post(
    "/recoveries/:subscription_id/:action",
    {
      schema: {
        tags: ["Recoveries"],
        summary: "Pause, resume, retry, mark paid or write off an open recovery",
        description: ACTION_DESCRIPTION,
        params: subscriptionParams.extend({ action: z.enum(actionNames) }),
        body: actionBody,
        response: { 200: recoverySchema, default: problemAnswer },
      },
    },
    async ({ id: requestId, params, body, operator }) => {
      const id = subscriptionIdOf(params);
      const input = {
        by: operator,
        note: body.note,
        confirmedAbsent: body.confirmed_absent,
        confirmedDead: body.confirmed_dead,
        newDebt: body.new_debt,
      };
      await client.act(id, ACTIONS[params.action], input, requestId);
      return recoveryBody(await client.view(id));
    },
  );
  api.post(
    "/sweep",
    {
      schema: {
        tags: ["Recoveries"],
        summary: "Start the reconciliation sweep now",
        response: { 202: sweepSchema, default: problemAnswer },
      },
    },
    async (_request, reply) => {
      await client.sweep();
      return await reply.code(202).send({ started: true });
    },
  );
}
