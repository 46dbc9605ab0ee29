import type { RoutedToMandate, Translation } from "../../dodo/webhook-events.ts";
import { SUBSCRIPTIONS_PER_PAYMENT_MAX } from "../../domain/limits.ts";
import { recoveryIdOf } from "../../domain/values/ids.ts";
import type { Log } from "../../platform/log.ts";
import type { Mandates } from "../api/mandates/mandates.ts";
import type { Businesses } from "../temporal/businesses.ts";
import type { Checkouts } from "../temporal/checkouts.ts";
import type { OperatorAlerts } from "../temporal/operator-alerts.ts";
import type { Recoveries } from "../temporal/recoveries.ts";
import { createLimiter, forEachLimited } from "./fan-out.ts";
import { createProgress } from "./progress.ts";

/**
 * Calls to Temporal under way at once, for one webhook and for all. The operator API and the pages have no such limit. Each call of
 * a webhook that waits listens to the same signal, of which Node allows ten before it warns.
 */
const CALLS_PER_WEBHOOK_MAX = 8;
const CALLS_MAX = 24;

/** Webhooks with many events whose deliveries ran out of time, and that Dodo delivers again. */
const UNFINISHED_MAX = 100;

export type EventRouterDependencies = {
  readonly businesses: Businesses;
  readonly recoveries: Recoveries;
  readonly checkouts: Checkouts;
  readonly mandates: Mandates;
  readonly operatorAlerts: OperatorAlerts;
  readonly log: Log;
};

export type Routable = Extract<
  Translation,
  { readonly kind: "routed" | "checkout" | "too_many_subscriptions" }
>;

/**
 * Resolves once Temporal has everything that a webhook leads to. A webhook of another business leads to nothing.
 * @param expired what has not started by then does not start
 */
export function createEventRouter({
  businesses,
  recoveries,
  checkouts,
  mandates,
  operatorAlerts,
  log,
}: EventRouterDependencies): (
  translation: Routable,
  webhookId: string,
  businessId: string | null,
  expired: AbortSignal,
) => Promise<void> {
  const whenThereIsRoom = createLimiter(CALLS_MAX);
  const progress = createProgress(UNFINISHED_MAX);
  const signalMandate = async (
    { mandateId, report }: RoutedToMandate,
    expired: AbortSignal,
  ): Promise<void> => {
    const result = await whenThereIsRoom(() => mandates.signal(mandateId, report), expired);
    const { webhookId, type } = report;
    log.info({ event: "webhook_routed", webhookId, type, mandateId, result });
  };
  return async (translation, webhookId, businessId, expired) => {
    if (!(await whenThereIsRoom(() => businesses.isOurs(businessId), expired))) {
      log.info({ event: "webhook_ignored", webhookId, reason: "another business" });
      return;
    }
    if (translation.kind === "checkout") {
      const { paymentId, report } = translation;
      const result = await whenThereIsRoom(() => checkouts.report(paymentId, report), expired);
      log.info({ event: "webhook_routed", webhookId, paymentId, kind: report.kind, result });
      return;
    }
    if (translation.kind === "too_many_subscriptions") {
      const { kind: cause, paymentId } = translation;
      await whenThereIsRoom(() => operatorAlerts.send({ cause, paymentId }), expired);
      log.warn(
        { event: "webhook_too_large", webhookId, paymentId },
        `${paymentId} is for more than ${SUBSCRIPTIONS_PER_PAYMENT_MAX} subscriptions; the sweep opens their recoveries`,
      );
      return;
    }
    const { routed: events, mandate } = translation;
    const rest = progress.restOf(webhookId, events, ({ subscriptionId }) => subscriptionId);
    await Promise.all([
      forEachLimited(rest, CALLS_PER_WEBHOOK_MAX, async (routed) => {
        const result = await whenThereIsRoom(() => recoveries.signal(routed), expired);
        const { subscriptionId, event } = routed;
        if (events.length > 1) progress.done(webhookId, subscriptionId);
        const recoveryId = recoveryIdOf(subscriptionId);
        const { type } = event;
        log.info({ event: "webhook_routed", webhookId, type, recoveryId, subscriptionId, result });
      }),
      ...(mandate === null ? [] : [signalMandate(mandate, expired)]),
    ]);
    progress.finished(webhookId);
  };
}
