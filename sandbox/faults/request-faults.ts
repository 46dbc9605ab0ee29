import { z } from "zod";

const routeSchema = z.strictObject({
  /** Any, where left out. */
  method: z.enum(["GET", "POST", "PATCH"]).optional(),
  /** The pattern, `/subscriptions/:id/charge`, whatever its parameters are called; any, where left out. */
  route: z.string().startsWith("/").optional(),
  subscriptionId: z.string().optional(),
  /** Matching requests that are let pass first. */
  skip: z.int().min(0).default(0),
  /** Requests it strikes. */
  times: z.int().min(1).default(1),
});

const waitMs = z.int().min(0).max(2_147_483_647);
const errorStatus = z.int().min(400).max(599);

/**
 * What happens to a request. `before`: nothing was carried out · `after`: it was, and the answer is lost.
 * `hang_*` holds the request open for `ms` and then drops it; `slow` waits, and then serves it even if the
 * client has gone by then.
 */
export const requestFaultSchema = z.discriminatedUnion("kind", [
  routeSchema.extend({
    kind: z.literal("refuse"),
    code: z.string(),
    /** The code's own where left out. */
    status: errorStatus.optional(),
    message: z.string().optional(),
  }),
  routeSchema.extend({ kind: z.literal("drop_before") }),
  routeSchema.extend({ kind: z.literal("drop_after") }),
  routeSchema.extend({ kind: z.literal("hang_before"), ms: waitMs }),
  routeSchema.extend({ kind: z.literal("hang_after"), ms: waitMs }),
  routeSchema.extend({ kind: z.literal("error_before"), status: errorStatus.default(500) }),
  routeSchema.extend({ kind: z.literal("error_after"), status: errorStatus.default(500) }),
  routeSchema.extend({ kind: z.literal("slow"), ms: waitMs }),
]);

export type RequestFaultInput = z.input<typeof requestFaultSchema>;
export type RequestFault = z.infer<typeof requestFaultSchema> & { readonly faultId: string };

/** Stands until cleared, unless `times` counts the events it strikes. Several may strike one event. */
const webhookSelectorSchema = z.strictObject({
  subscriptionId: z.string().optional(),
  /** Event types; any, where left out. */
  types: z.array(z.string()).optional(),
  skip: z.int().min(0).default(0),
  times: z.int().min(1).optional(),
});

export const webhookFaultSchema = z.discriminatedUnion("kind", [
  /** Never sent. */
  webhookSelectorSchema.extend({ kind: z.literal("lost") }),
  /** Sent `copies` times under one id. */
  webhookSelectorSchema.extend({
    kind: z.literal("duplicated"),
    copies: z.int().min(2).max(100).default(2),
  }),
  /** Gathered for `ms`, then sent in an order that is not theirs. */
  webhookSelectorSchema.extend({ kind: z.literal("shuffled"), ms: waitMs.default(50) }),
  webhookSelectorSchema.extend({ kind: z.literal("delayed"), ms: waitMs }),
  /** Signed with a key that is not the endpoint's. */
  webhookSelectorSchema.extend({ kind: z.literal("forged") }),
]);

export type WebhookFaultInput = z.input<typeof webhookFaultSchema>;
export type WebhookFault = z.infer<typeof webhookFaultSchema> & { readonly faultId: string };

type RequestTarget = {
  readonly method: string;
  readonly route: string;
  readonly subscriptionId: string | null;
};

/** Takes the first fault that strikes this request, and counts it. */
export function takeRequestFault(
  faults: RequestFault[],
  asked: RequestTarget,
): RequestFault | null {
  for (const fault of faults) {
    if (!matches(fault, asked)) continue;
    if (fault.skip > 0) {
      fault.skip -= 1;
      continue;
    }
    fault.times -= 1;
    if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
    return fault;
  }
  return null;
}

function matches(fault: RequestFault, { method, route, subscriptionId }: RequestTarget): boolean {
  return (
    (fault.method === undefined || fault.method === method) &&
    (fault.route === undefined || normalizeRoute(fault.route) === normalizeRoute(route)) &&
    (fault.subscriptionId === undefined || fault.subscriptionId === subscriptionId)
  );
}

function normalizeRoute(route: string): string {
  return route.replaceAll(/:[A-Za-z_]+/g, ":id");
}

/** Takes every fault that strikes this event, and counts them. */
export function takeWebhookFaults(
  faults: WebhookFault[],
  event: { readonly type: string; readonly subscriptionId: string | null },
): WebhookFault[] {
  const struck = faults.filter((fault) => {
    const isMeant =
      (fault.subscriptionId === undefined || fault.subscriptionId === event.subscriptionId) &&
      (fault.types === undefined || fault.types.includes(event.type));
    if (!isMeant || fault.skip === 0) return isMeant;
    fault.skip -= 1;
    return false;
  });
  for (const fault of struck) {
    if (fault.times === undefined) continue;
    fault.times -= 1;
    if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
  }
  return struck;
}
