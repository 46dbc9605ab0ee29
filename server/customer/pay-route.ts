import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { recoveryIdOf } from "../../domain/values/ids.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import { TemporalUnavailableError } from "../temporal/call-temporal.ts";
import type { DebtView } from "../temporal/debt-view.ts";
import type { LinkResult } from "../temporal/recoveries.ts";
import {
  createRateLimiters,
  type CustomerPageDependencies,
  EXPIRED,
  type Handler,
  type PageContext,
  type RateLimiter,
  type ShowPage,
  type TokenRequest,
  withLink,
} from "./customer-request.ts";
import { type PayPage, type Refresh, themeOf } from "./pay-page.ts";
import { addReminderRoutes } from "./reminder-route.ts";

/** Per debt and process: more than a person and a page that reloads by itself ever need. */
const PRESSES_PER_MINUTE = 10;
const VIEWS_PER_MINUTE = 60;

/**
 * The customer's page. GET shows what is owed and changes nothing, because mail scanners open links. The button's POST
 * has the recovery create Dodo's payment page.
 */
export function addPayRoutes(app: FastifyInstance, dependencies: CustomerPageDependencies): void {
  const { brand, publicUrl } = dependencies;
  const theme = themeOf(brand, publicUrl);
  const others = Object.entries(brand.others);
  const themes = new Map(others.map(([id, other]) => [id, themeOf(other, publicUrl, id)]));
  void app.register(async (scope) => {
    const limitTo = await createRateLimiters(scope);
    const context = { ...dependencies, theme, themes };
    scope.get("/pay/:token", showHandler(context, limitTo(VIEWS_PER_MINUTE)));
    scope.post(
      "/pay/:token",
      { bodyLimit: 1_024 },
      payHandler(context, limitTo(PRESSES_PER_MINUTE)),
    );
    addReminderRoutes(scope, context, limitTo);
    addLogoRoute(scope, "/brand/logo", brand);
    for (const [id, other] of others) addLogoRoute(scope, `/brand/${id}/logo`, other);
  });
}

function showHandler(context: PageContext, exceedsLimit: RateLimiter): Handler {
  const { recoveries, log } = context;
  return withLink(context, async ({ subscriptionId, debtId, isExpired }, show, request) => {
    if (await exceedsLimit(request)) return await show(429, { kind: "unavailable" });
    try {
      const view = await recoveries.view(subscriptionId, debtId);
      if (isExpired && view.late !== true) return await show(EXPIRED.status, EXPIRED.page);
      return await show(200, pageOf(view, request), view.facts);
    } catch (error) {
      const recoveryId = recoveryIdOf(subscriptionId);
      log.error({ event: "payment_page_failed", requestId: request.id, recoveryId, err: error });
      return await show(503, { kind: "unavailable" });
    }
  });
}

function payHandler(context: PageContext, exceedsLimit: RateLimiter): Handler {
  const { recoveries, log } = context;
  return withLink(context, async (claim, show, request, reply) => {
    const { subscriptionId, debtId, isExpired } = claim;
    const ids = { requestId: request.id, recoveryId: recoveryIdOf(subscriptionId), subscriptionId };
    const view = (): Promise<DebtView> => recoveries.view(subscriptionId, debtId);
    if (isCrossSite(request, context.publicUrl)) return await show(403, { kind: "unknown" });
    if (await exceedsLimit(request)) return await show(429, { kind: "unavailable" });
    try {
      if (isExpired && (await view()).late !== true)
        return await show(EXPIRED.status, EXPIRED.page);
      const result = await recoveries.createPaymentLink(subscriptionId, debtId);
      log.info({ event: "payment_link_requested", ...ids, result: result.kind });
      if (result.kind === "page") {
        return await reply
          .code(303)
          .headers(context.theme.headers)
          .header("location", result.url)
          .send();
      }
      return await showRefusal(result, request, show, view);
    } catch (error) {
      if (error instanceof TemporalUnavailableError && (await isBeingRead(view)))
        return await show(202, { kind: "checking", refresh: nextRefresh(request) });
      log.error({ event: "payment_link_failed", ...ids, err: error });
      return await show(503, { kind: "unavailable" });
    }
  });
}

/** Dodo takes its time to be read, so the press has no answer yet. */
async function isBeingRead(view: () => Promise<DebtView>): Promise<boolean> {
  try {
    const { kind, late } = await view();
    return kind === "checking" || (kind === "owed" && late === true);
  } catch {
    return false;
  }
}

/** Whether a form of another site sent the request: `Sec-Fetch-Site` says so, and `Origin` in older browsers. */
function isCrossSite({ headers }: FastifyRequest, publicUrl: string): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  // Our own page sends `null`, because its referrer policy is no-referrer.
  return origin !== undefined && origin !== "null" && origin !== new URL(publicUrl).origin;
}

/** When the customer returns from Dodo's page, the result may not be known yet: the page reloads until it is. */
const REFRESHES: readonly { readonly until: number; readonly afterSeconds: number }[] = [
  { until: 24, afterSeconds: 5 },
  { until: 84, afterSeconds: 30 },
  { until: Number.MAX_SAFE_INTEGER, afterSeconds: 600 },
];

/** After half an hour without a result, the page offers to pay again. */
const RETURN_REFRESHES_MAX = 84;

/** Dodo adds these to the return address. Anyone can change them, so they only choose the page's words. */
function returnOf({ query }: TokenRequest): { paymentId: string | null; isFailed: boolean } {
  const { payment_id: paymentId, status } = query;
  return {
    paymentId: typeof paymentId === "string" && /^\w{1,100}$/.test(paymentId) ? paymentId : null,
    isFailed: status === "failed",
  };
}

function pageOf(view: DebtView, request: TokenRequest): PayPage {
  if (view.kind === "being_processed" || view.kind === "checking")
    return { kind: view.kind, refresh: nextRefresh(request) };
  if (view.kind === "needs_confirmation") return confirmationOf(view, request);
  if (view.kind !== "owed") return view;
  const { total, handledPayments } = view;
  const late = view.late === true ? { late: true as const } : {};
  const { paymentId, isFailed } = returnOf(request);
  if (paymentId === null) return { kind: "owed", total, isDeclined: false, ...late };
  if (isFailed || handledPayments.includes(paymentId))
    return { kind: "owed", total, isDeclined: true, ...late };
  return refreshCountOf(request) >= RETURN_REFRESHES_MAX
    ? { kind: "owed", total, isDeclined: false, ...late }
    : { kind: "being_processed", refresh: nextRefresh(request) };
}

/** When the customer returns from the payment's page, Dodo's answer may not be known yet. */
function confirmationOf(
  view: DebtView & { readonly kind: "needs_confirmation" },
  request: TokenRequest,
): PayPage {
  const { paymentId, isFailed } = returnOf(request);
  const isReturning = paymentId !== null && !isFailed;
  return isReturning && refreshCountOf(request) < RETURN_REFRESHES_MAX
    ? { kind: "being_processed", refresh: nextRefresh(request) }
    : view;
}

/** How often this page has reloaded so far. */
function refreshCountOf({ query: { refresh } }: TokenRequest): number {
  return typeof refresh === "string" && /^\d{1,5}$/.test(refresh) ? Number(refresh) : 0;
}

function nextRefresh(request: TokenRequest): Refresh {
  const { lang, brand } = request.query;
  const count = refreshCountOf(request);
  const afterSeconds = REFRESHES.find(({ until }) => count < until)?.afterSeconds ?? 600;
  const { paymentId } = returnOf(request);
  const params = new URLSearchParams({
    ...(typeof lang === "string" ? { lang: lang.slice(0, 35) } : {}),
    ...(typeof brand === "string" ? { brand: brand.slice(0, 100) } : {}),
    ...(paymentId === null ? {} : { payment_id: paymentId }),
    refresh: String(count + 1),
  });
  return { href: `?${params.toString()}`, afterSeconds };
}

async function showRefusal(
  { code }: Extract<LinkResult, { kind: "refused" }>,
  request: TokenRequest,
  show: ShowPage,
  view: () => Promise<DebtView>,
): Promise<FastifyReply> {
  switch (code) {
    case "nothing_owed":
    case "stale_link": {
      const seen = await view();
      // A debt may become due again between the two calls; the page follows the first answer.
      return await show(
        409,
        seen.kind === "owed" ? { kind: "nothing_owed" } : pageOf(seen, request),
        seen.facts,
      );
    }
    case "confirm_with_bank": {
      const seen = await view();
      const page = seen.kind === "needs_confirmation" ? { ...seen, hasPage: false } : seen;
      return await show(409, pageOf(page, request), seen.facts);
    }
    case "not_payable": {
      const seen = await view();
      const page: PayPage =
        seen.kind === "owed" ? { kind: "unpaid", total: seen.total } : pageOf(seen, request);
      return await show(409, page);
    }
    case "being_processed":
      return await show(409, { kind: "being_processed", refresh: nextRefresh(request) });
    case "not_now":
    case "method_blocked":
    case "not_applicable":
      return await show(503, { kind: "unavailable" });
  }
}

/** The logo is the only resource that a page loads. */
function addLogoRoute(app: FastifyInstance, path: string, { logo }: Brand): void {
  if (logo === null) return;
  app.get(
    path,
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
