import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Brand } from "../../platform/customer/brand.ts";
import type { DebtView, LinkResult } from "../temporal/recoveries.ts";
import {
  byLink,
  createLimiters,
  type CustomerPageDependencies,
  type Handler,
  type Limiter,
  type Parts,
  type Shower,
  type TokenRequest,
} from "./customer-request.ts";
import { type Again, lookOf, type PayPage } from "./pay-page.ts";
import { addReminderRoutes } from "./reminder-route.ts";

/** Of one debt, by this process: more than a person and a page that looks again by itself ever need. */
const PRESSES_PER_MINUTE = 10;
const LOOKS_PER_MINUTE = 60;

/**
 * The customer's page. GET shows what is owed and changes nothing, so that mail scanners may follow the link;
 * the button's POST asks the recovery for Dodo's hosted page.
 */
export function addPayRoutes(app: FastifyInstance, dependencies: CustomerPageDependencies): void {
  const { brand, publicUrl } = dependencies;
  const look = lookOf(brand, publicUrl);
  void app.register(async (scope) => {
    const limitTo = await createLimiters(scope);
    const parts = { ...dependencies, look };
    scope.get("/pay/:token", showHandler(parts, limitTo(LOOKS_PER_MINUTE)));
    scope.post(
      "/pay/:token",
      { bodyLimit: 1_024 },
      pressHandler(parts, limitTo(PRESSES_PER_MINUTE)),
    );
    addReminderRoutes(scope, parts, limitTo);
    addLogoRoute(scope, brand);
  });
}

function showHandler(parts: Parts, isTooOften: Limiter): Handler {
  const { recoveries, log } = parts;
  return byLink(parts, async ({ subscriptionId, debtId }, show, request) => {
    if (await isTooOften(request)) return await show(429, { kind: "unavailable" });
    try {
      const view = await recoveries.view(subscriptionId, debtId);
      return await show(200, pageOf(view, request));
    } catch (error) {
      log.error({ event: "pay_view_failed", err: error });
      return await show(503, { kind: "unavailable" });
    }
  });
}

function pressHandler(parts: Parts, isTooOften: Limiter): Handler {
  const { recoveries, log } = parts;
  return byLink(parts, async ({ subscriptionId, debtId }, show, request, reply) => {
    if (isForeign(request, parts.publicUrl)) return await show(403, { kind: "unknown" });
    if (await isTooOften(request)) return await show(429, { kind: "unavailable" });
    try {
      const result = await recoveries.createPaymentLink(subscriptionId, debtId);
      log.info({ event: "pay_pressed", subscriptionId, result: result.kind });
      if (result.kind === "page") {
        return await reply
          .code(303)
          .headers(parts.look.headers)
          .header("location", result.url)
          .send();
      }
      return await refuse(result, request, show, () => recoveries.view(subscriptionId, debtId));
    } catch (error) {
      log.error({ event: "pay_link_failed", subscriptionId, err: error });
      return await show(503, { kind: "unavailable" });
    }
  });
}

/** A form of another site: browsers say so, the older ones by its origin. */
function isForeign({ headers }: FastifyRequest, publicUrl: string): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  // `null` is what our own page sends, which hides where it comes from.
  return origin !== undefined && origin !== "null" && origin !== new URL(publicUrl).origin;
}

/** Back from Dodo's page, what became of it may not be known yet: the page looks until it is. */
const LOOKS: readonly { readonly until: number; readonly afterS: number }[] = [
  { until: 24, afterS: 5 },
  { until: 84, afterS: 30 },
  { until: Number.MAX_SAFE_INTEGER, afterS: 600 },
];

/** Half an hour after the customer came back without a payment, they may want to pay again. */
const RETURN_LOOKS_MAX = 84;

/** Dodo adds these to the address it sends the customer back to. They only choose words. */
function returnOf({ query }: TokenRequest): { paymentId: string | null; isFailed: boolean } {
  const { payment_id: paymentId, status } = query;
  return {
    paymentId: typeof paymentId === "string" && /^\w{1,100}$/.test(paymentId) ? paymentId : null,
    isFailed: status === "failed",
  };
}

function pageOf(view: DebtView, request: TokenRequest): PayPage {
  if (view.kind !== "owed") {
    return view.kind === "being_processed" ? { kind: view.kind, again: againOf(request) } : view;
  }
  const { total, handledPayments } = view;
  const { paymentId, isFailed } = returnOf(request);
  if (paymentId === null) return { kind: "owed", total, isDeclined: false };
  if (isFailed || handledPayments.includes(paymentId))
    return { kind: "owed", total, isDeclined: true };
  return looksOf(request) >= RETURN_LOOKS_MAX
    ? { kind: "owed", total, isDeclined: false }
    : { kind: "being_processed", again: againOf(request) };
}

/** How often this page has looked by now. */
function looksOf({ query: { look } }: TokenRequest): number {
  return typeof look === "string" && /^\d{1,5}$/.test(look) ? Number(look) : 0;
}

function againOf(request: TokenRequest): Again {
  const { lang } = request.query;
  const count = looksOf(request);
  const afterS = LOOKS.find(({ until }) => count < until)?.afterS ?? 600;
  const { paymentId } = returnOf(request);
  const params = new URLSearchParams({
    ...(typeof lang === "string" ? { lang: lang.slice(0, 35) } : {}),
    ...(paymentId === null ? {} : { payment_id: paymentId }),
    look: String(count + 1),
  });
  return { href: `?${params.toString()}`, afterS };
}

async function refuse(
  { code }: Extract<LinkResult, { kind: "refused" }>,
  request: TokenRequest,
  show: Shower,
  view: () => Promise<DebtView>,
): Promise<FastifyReply> {
  switch (code) {
    case "nothing_owed":
    case "stale_link": {
      const seen = await view();
      // Between the two it may be owed again: the page that was asked for is what was answered.
      return await show(
        409,
        seen.kind === "owed" ? { kind: "nothing_owed" } : pageOf(seen, request),
      );
    }
    case "being_processed":
      return await show(409, { kind: "being_processed", again: againOf(request) });
    case "not_now":
    case "method_blocked":
    case "not_applicable":
      return await show(503, { kind: "unavailable" });
  }
}

/** The one thing that a page loads beside itself. */
function addLogoRoute(app: FastifyInstance, { logo }: Brand): void {
  if (logo === null) return;
  app.get(
    "/brand/logo",
    async (_request, reply) =>
      await reply
        .headers({
          "content-type": logo.contentType,
          "cache-control": "public, max-age=3600",
          "x-content-type-options": "nosniff",
        })
        .send(logo.content),
  );
}
