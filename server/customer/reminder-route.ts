import type { FastifyInstance } from "fastify";
import { recoveryIdOf } from "../../domain/values/ids.ts";
import type { LinkClaim } from "../../platform/link-token.ts";
import type { DebtFacts } from "../temporal/debt-facts.ts";
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
  /** Of the debt; the page also works without them. */
  const factsOf = async ({ subscriptionId, debtId }: LinkClaim): Promise<DebtFacts | null> => {
    try {
      return (await recoveries.view(subscriptionId, debtId)).facts ?? null;
    } catch {
      return null;
    }
  };
  const show = withLink(context, async (claim, showPage, request) => {
    if (claim.isExpired) return await showPage(EXPIRED.status, EXPIRED.page);
    const facts = (await exceedsLimit(request)) ? null : await factsOf(claim);
    return await showPage(200, { kind: "reminders" }, facts);
  });
  const stop = withLink(context, async (claim, showPage, request) => {
    const { subscriptionId, debtId, isExpired } = claim;
    const ids = { requestId: request.id, recoveryId: recoveryIdOf(subscriptionId), subscriptionId };
    if (isExpired) return await showPage(EXPIRED.status, EXPIRED.page);
    if (await exceedsLimit(request)) return await showPage(429, { kind: "unavailable" });
    try {
      const isStopped = await recoveries.stopReminders(subscriptionId, debtId);
      log.info({ event: "reminders_stop_requested", ...ids, isStopped });
      return isStopped
        ? await showPage(200, { kind: "reminders_stopped" }, await factsOf(claim))
        : await showPage(503, { kind: "unavailable" });
    } catch (error) {
      log.error({ event: "reminders_stop_failed", ...ids, err: error });
      return await showPage(503, { kind: "unavailable" });
    }
  });
  scope.get("/reminders/:token", show);
  scope.post("/reminders/:token", { bodyLimit: 1_024 }, stop);
}
