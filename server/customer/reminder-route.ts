import type { FastifyInstance } from "fastify";
import { EXPIRED, type PageContext, type RateLimiter, withLink } from "./customer-request.ts";

/** Per debt: a mail program sends one request, a person a few. */
const REQUESTS_PER_MINUTE = 20;

/**
 * Stops reminders: the address in `List-Unsubscribe` of our mails. GET shows a button and changes nothing, because mail
 * scanners open links. The POST comes from that button or from a mail program, which sends no origin, so it is accepted
 * from any site: it can only stop the reminders of one debt.
 *
 * @source RFC 8058 3.2
 */
export function addReminderRoutes(
  scope: FastifyInstance,
  context: PageContext,
  limitTo: (perMinute: number) => RateLimiter,
): void {
  const { recoveries, log } = context;
  const exceedsLimit = limitTo(REQUESTS_PER_MINUTE);
  const show = withLink(context, async ({ isExpired }, showPage) =>
    isExpired
      ? await showPage(EXPIRED.status, EXPIRED.page)
      : await showPage(200, { kind: "reminders" }),
  );
  const stop = withLink(context, async (claim, showPage, request) => {
    const { subscriptionId, debtId, isExpired } = claim;
    if (isExpired) return await showPage(EXPIRED.status, EXPIRED.page);
    if (await exceedsLimit(request)) return await showPage(429, { kind: "unavailable" });
    try {
      const isStopped = await recoveries.stopReminders(subscriptionId, debtId);
      log.info({ event: "reminders_stop_requested", subscriptionId, isStopped });
      return isStopped
        ? await showPage(200, { kind: "reminders_stopped" })
        : await showPage(503, { kind: "unavailable" });
    } catch (error) {
      log.error({ event: "reminders_stop_failed", subscriptionId, err: error });
      return await showPage(503, { kind: "unavailable" });
    }
  });
  scope.get("/reminders/:token", show);
  scope.post("/reminders/:token", { bodyLimit: 1_024 }, stop);
}
