/**
 * The routes of Dodo's API that Reprise calls, as its reference names them.
 * @source dodopayments 2.52.0, resources/
 */
const ROUTES = [
  "GET /checkouts/{session_id}",
  "GET /disputes",
  "GET /payments",
  "GET /payments/{payment_id}",
  "GET /payments/{payment_id}/line-items",
  "GET /payments/{payment_id}/retry",
  "GET /products/{id}",
  "GET /subscriptions",
  "GET /subscriptions/{subscription_id}",
  "GET /webhooks",
  "GET /webhooks/{webhook_id}/secret",
  "PATCH /subscriptions/{subscription_id}",
  "POST /checkouts",
  "POST /payments/{payment_id}/retry",
  "POST /subscriptions/{subscription_id}/charge",
  "POST /subscriptions/{subscription_id}/update-payment-method",
] as const;

/** What a request is counted under; `other`: a route that this list lacks. */
export type DodoRoute = (typeof ROUTES)[number] | "other";

export const DODO_ROUTES: readonly DodoRoute[] = [...ROUTES, "other"];

/** The route of a request, without any id. @param path of the address, with or without a prefix */
export function routeOf(method: string, path: string): DodoRoute {
  return ROUTES.find((route) => matches(route, method, path)) ?? "other";
}

function matches(route: string, method: string, path: string): boolean {
  const [wanted = "", pattern = ""] = route.split(" ");
  const expected = pattern.split("/").slice(1);
  const given = path.split("/").slice(-expected.length);
  return (
    method.toUpperCase() === wanted &&
    given.length === expected.length &&
    expected.every((part, at) => part.startsWith("{") || part === given[at])
  );
}
