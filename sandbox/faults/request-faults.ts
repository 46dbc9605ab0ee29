/** Faults that a test injects into requests to Dodo's API. */
import { z } from "zod";

const selectorSchema = z.strictObject({
  /** Left out: any method. */
  method: z.enum(["GET", "POST", "PATCH"]).optional(),
  /** The pattern, such as `/subscriptions/:id/charge`; names of parameters do not matter. Left out: any route. */
  route: z.string().startsWith("/").optional(),
  subscriptionId: z.string().optional(),
  /** Matching requests that pass before the first fault. */
  skip: z.int().min(0).default(0),
  /** Requests that the fault affects. */
  times: z.int().min(1).default(1),
});

const waitMs = z.int().min(0).max(2_147_483_647);
const errorStatus = z.int().min(400).max(599);

/**
 * What happens to a request. `*_before`: the request has no effect · `*_after`: it takes effect and the answer is
 * lost. `hang_*` holds the request open for `ms` and closes the connection. `slow` waits `ms` and then serves the
 * request, even if the client has disconnected.
 */
export const requestFaultSchema = z.discriminatedUnion("kind", [
  selectorSchema.extend({
    kind: z.literal("refuse"),
    code: z.string(),
    /** Left out: the usual status of the code. */
    status: errorStatus.optional(),
    message: z.string().optional(),
  }),
  selectorSchema.extend({ kind: z.literal("drop_before") }),
  selectorSchema.extend({ kind: z.literal("drop_after") }),
  selectorSchema.extend({ kind: z.literal("hang_before"), ms: waitMs }),
  selectorSchema.extend({ kind: z.literal("hang_after"), ms: waitMs }),
  selectorSchema.extend({ kind: z.literal("error_before"), status: errorStatus.default(500) }),
  selectorSchema.extend({
    kind: z.literal("error_after"),
    status: errorStatus.default(500),
    code: z.string().default("INTERNAL_SERVER_ERROR"),
  }),
  selectorSchema.extend({ kind: z.literal("slow"), ms: waitMs }),
]);

export type RequestFaultInput = z.input<typeof requestFaultSchema>;
export type RequestFault = z.infer<typeof requestFaultSchema> & { readonly faultId: string };

type RequestTarget = {
  readonly method: string;
  readonly route: string;
  readonly subscriptionId: string | null;
};

/** Finds the first fault that applies to this request, counts its use, and removes it once it is used up. */
export function takeRequestFault(
  faults: RequestFault[],
  target: RequestTarget,
): RequestFault | null {
  for (const fault of faults) {
    if (!matches(fault, target)) continue;
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
