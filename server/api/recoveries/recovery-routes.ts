import { z } from "zod";
import { OUTCOMES, RECOVERY_STATES } from "../../../domain/state/outcome.ts";
import { parseSubscriptionId, type SubscriptionId } from "../../../domain/values/ids.ts";
import { UPDATES } from "../../../workflows/contract.ts";
import type { ApiScope } from "../api.ts";
import { Problem, problemAnswer } from "../problem.ts";
import type { OperatorDesk } from "./recovery-client.ts";
import {
  recoveryBody,
  recoveryPageBody,
  recoveryPageSchema,
  recoverySchema,
  tokenOf,
} from "./recovery-view.ts";

const ACTIONS = {
  pause: UPDATES.pause,
  resume: UPDATES.resume,
  retry: UPDATES.retryNow,
  "mark-paid": UPDATES.markPaid,
  "write-off": UPDATES.writeOff,
} as const;

const actionNames = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];

export const subscriptionParams = z.object({
  subscription_id: z
    .string()
    .refine((text) => parseSubscriptionId(text) !== null, "expected Dodo's id of a subscription"),
});

/** Of a text that the route's schema has let through. */
export function subscriptionIdOf(params: { readonly subscription_id: string }): SubscriptionId {
  const id = parseSubscriptionId(params.subscription_id);
  if (id === null) throw new Problem(400, "invalid_request", "not an id of a subscription");
  return id;
}

const listQuery = z.strictObject({
  state: z.enum(RECOVERY_STATES).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  customer_id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,179}$/)
    .optional(),
  cursor: z
    .base64url()
    .max(2_000)
    .optional()
    .describe("`next_cursor` of the page before, with the same filters."),
});

const actionBody = z
  .strictObject({
    note: z.string().max(500).default("").describe("Goes into the record."),
    confirmed_absent: z
      .boolean()
      .default(false)
      .describe("`retry` only: a person has looked in Dodo, and the unknown charge is not there."),
    new_debt: z
      .boolean()
      .default(false)
      .describe("`resume` only: what was asked about is a debt of its own."),
  })
  .nullish()
  .transform((body) => body ?? { note: "", confirmed_absent: false, new_debt: false });

/** Recoveries: the list, one, what an operator may do with it, and the sweep. */
export function addRecoveryRoutes(api: ApiScope, desk: OperatorDesk): void {
  api.get(
    "/recoveries",
    {
      schema: {
        tags: ["Recoveries"],
        summary: "The recoveries, newest first, 50 a page",
        querystring: listQuery,
        response: { 200: recoveryPageSchema, default: problemAnswer },
      },
    },
    async ({ query: { state, outcome, customer_id: customerId, cursor } }) => {
      const filter = { state, outcome, customerId };
      const token = cursor === undefined ? null : tokenOf(cursor, filter);
      return recoveryPageBody(await desk.list(filter, token), filter);
    },
  );
  api.get(
    "/recoveries/:subscription_id",
    {
      schema: {
        tags: ["Recoveries"],
        summary: "The latest recovery of a subscription: what is next, what happened, and why",
        params: subscriptionParams,
        response: { 200: recoverySchema, default: problemAnswer },
      },
    },
    async ({ params }) => recoveryBody(await desk.view(subscriptionIdOf(params))),
  );
  api.post(
    "/recoveries/:subscription_id/:action",
    {
      schema: {
        tags: ["Recoveries"],
        summary: "Steer an open recovery; 409 with the reason where it does not apply",
        params: subscriptionParams.extend({ action: z.enum(actionNames) }),
        body: actionBody,
        response: { 200: recoverySchema, default: problemAnswer },
      },
    },
    async ({ params, body, operator }) => {
      const id = subscriptionIdOf(params);
      await desk.act(id, ACTIONS[params.action], {
        by: operator,
        note: body.note,
        confirmedAbsent: body.confirmed_absent,
        newDebt: body.new_debt,
      });
      return recoveryBody(await desk.view(id));
    },
  );
  api.post(
    "/sweep",
    {
      schema: {
        tags: ["Recoveries"],
        summary: "Look through Dodo's lists now, as the hourly sweep does",
        response: { 202: z.object({ started: z.literal(true) }), default: problemAnswer },
      },
    },
    async (_request, reply) => {
      await desk.sweep();
      return await reply.code(202).send({ started: true });
    },
  );
}
