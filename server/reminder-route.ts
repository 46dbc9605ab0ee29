import type { FastifyInstance } from "fastify";
import {
  claimOf,
  showerOf,
  type Limiter,
  type Parts,
  type TokenRequest,
} from "./customer-request.ts";

/** Of one debt: mail programs press once, people twice. */
const PER_MINUTE = 20;

/**
 * "No more reminders": what `List-Unsubscribe` of our mails names. GET shows a button and changes nothing, so that
 * scanners may follow it; the POST comes from that button, or from a mail program that shows one itself and has no
 * origin to speak of. All it can do is to silence reminders of one debt. @source RFC 8058 3.2
 */
export function addReminderRoutes(
  scope: FastifyInstance,
  parts: Parts,
  limitTo: (perMinute: number) => Limiter,
): void {
  const { recoveries, log } = parts;
  const isTooOften = limitTo(PER_MINUTE);
  scope.get("/reminders/:token", async (request: TokenRequest, reply) => {
    const show = showerOf(request, reply, parts);
    const claim = claimOf(request, parts);
    return "page" in claim
      ? await show(claim.status, claim.page)
      : await show(200, { kind: "reminders" });
  });
  scope.post("/reminders/:token", { bodyLimit: 1_024 }, async (request: TokenRequest, reply) => {
    const show = showerOf(request, reply, parts);
    const claim = claimOf(request, parts);
    if ("page" in claim) return await show(claim.status, claim.page);
    if (await isTooOften(request)) return await show(429, { kind: "unavailable" });
    const { subscriptionId, debtId } = claim;
    try {
      const isStopped = await recoveries.stopReminders(subscriptionId, debtId);
      log.info({ event: "reminders_stopped", subscriptionId, isStopped });
      return isStopped
        ? await show(200, { kind: "reminders_stopped" })
        : await show(503, { kind: "unavailable" });
    } catch (error) {
      log.error({ event: "reminders_not_stopped", subscriptionId, err: error });
      return await show(503, { kind: "unavailable" });
    }
  });
}
