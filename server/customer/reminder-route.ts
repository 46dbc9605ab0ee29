import type { FastifyInstance } from "fastify";
import { byLink, type Limiter, type Parts } from "./customer-request.ts";

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
  const show = byLink(parts, async (_claim, page) => await page(200, { kind: "reminders" }));
  const stop = byLink(parts, async ({ subscriptionId, debtId }, page, request) => {
    if (await isTooOften(request)) return await page(429, { kind: "unavailable" });
    try {
      const isStopped = await recoveries.stopReminders(subscriptionId, debtId);
      log.info({ event: "reminders_stopped", subscriptionId, isStopped });
      return isStopped
        ? await page(200, { kind: "reminders_stopped" })
        : await page(503, { kind: "unavailable" });
    } catch (error) {
      log.error({ event: "reminders_not_stopped", subscriptionId, err: error });
      return await page(503, { kind: "unavailable" });
    }
  });
  scope.get("/reminders/:token", show);
  scope.post("/reminders/:token", { bodyLimit: 1_024 }, stop);
}
