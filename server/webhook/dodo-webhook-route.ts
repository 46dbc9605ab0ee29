import type { FastifyInstance, FastifyReply } from "fastify";
import {
  businessOf,
  type RoutedToMandate,
  translateWebhook,
  type Translation,
} from "../../dodo/webhook-events.ts";
import { createVerifier } from "../../dodo/webhook-signature.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import type { Mandates } from "../api/mandates/mandates.ts";
import type { Businesses } from "../temporal/businesses.ts";
import { TEMPORAL_DEADLINE_MS, withinDeadline } from "../temporal/call-temporal.ts";
import type { Checkouts } from "../temporal/checkouts.ts";
import type { Recoveries } from "../temporal/recoveries.ts";
import { webhookRefusalOf } from "./webhook-refusal.ts";

/** Dodo's bodies have a few kilobytes; a larger one is rejected unread. */
export const BODY_BYTES_MAX = 1_048_576;

/** Dodo delivers a second time after five seconds. @source docs/dodo/webhooks.md, "Delivery" */
const RETRY_AFTER_S = 5;

export type WebhookRouteDependencies = {
  /** `whsec_…`; several while a key rotates. */
  readonly webhookKeys: readonly string[];
  readonly businesses: Businesses;
  readonly recoveries: Recoveries;
  readonly checkouts: Checkouts;
  readonly mandates: Mandates;
  readonly log: Log;
  readonly now: () => Instant;
};

/**
 * `POST /webhooks/dodo`: verifies the raw bytes before it parses them, and answers 200 only once Temporal has the
 * event.
 */
export function addDodoWebhookRoute(
  app: FastifyInstance,
  dependencies: WebhookRouteDependencies,
): void {
  const { webhookKeys, log, now } = dependencies;
  const verify = createVerifier(webhookKeys);
  const route = createRouter(dependencies);
  app.post("/webhooks/dodo", { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const headers = {
      id: oneOf(request.headers["webhook-id"]),
      timestamp: oneOf(request.headers["webhook-timestamp"]),
      signature: oneOf(request.headers["webhook-signature"]),
    };
    const verdict = verify(body, headers, now());
    if (verdict.kind === "rejected") {
      const { error, fields, text } = webhookRefusalOf(verdict);
      log.warn({ event: "webhook_rejected", ...fields }, text);
      return await reply.code(401).send({ error });
    }
    const { webhookId } = verdict;
    const translation = translateWebhook(body, webhookId, now());
    if (translation.kind === "malformed") {
      log.warn({ event: "webhook_malformed", webhookId, reason: translation.why });
      return await reply.code(400).send({ error: translation.why });
    }
    if (translation.kind === "ignored") {
      log.info({ event: "webhook_ignored", webhookId, reason: translation.why });
      return await received(reply);
    }
    try {
      const routed = route(translation, webhookId, businessOf(body));
      // One deadline for all calls to Temporal.
      await withinDeadline(TEMPORAL_DEADLINE_MS, routed);
      return await received(reply);
    } catch (error) {
      log.error(
        { event: "webhook_failed", webhookId, err: error },
        "Temporal did not accept the event; Dodo will deliver it again",
      );
      return await reply
        .code(503)
        .header("retry-after", RETRY_AFTER_S)
        .send({ error: "not accepted; deliver it again" });
    }
  });
}

type Routable = Extract<Translation, { readonly kind: "routed" | "checkout" }>;

/** Resolves once Temporal has everything that a webhook leads to. A webhook of another business leads to nothing. */
function createRouter({
  businesses,
  recoveries,
  checkouts,
  mandates,
  log,
}: WebhookRouteDependencies): (
  translation: Routable,
  webhookId: string,
  businessId: string | null,
) => Promise<void> {
  const signalMandate = async ({ mandateId, report }: RoutedToMandate): Promise<void> => {
    const result = await mandates.signal(mandateId, report);
    const { webhookId, type } = report;
    log.info({ event: "webhook_routed", webhookId, type, mandateId, result });
  };
  return async (translation, webhookId, businessId) => {
    if (!(await businesses.isOurs(businessId))) {
      log.info({ event: "webhook_ignored", webhookId, reason: "another business" });
      return;
    }
    if (translation.kind === "checkout") {
      const { paymentId, report } = translation;
      const result = await checkouts.report(paymentId, report);
      log.info({ event: "webhook_routed", webhookId, paymentId, kind: report.kind, result });
      return;
    }
    const { routed: events, mandate } = translation;
    await Promise.all([
      ...events.map(async (routed) => {
        const result = await recoveries.signal(routed);
        const { subscriptionId, event } = routed;
        log.info({ event: "webhook_routed", webhookId, type: event.type, subscriptionId, result });
      }),
      ...(mandate === null ? [] : [signalMandate(mandate)]),
    ]);
  };
}

async function received(reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(200).send({ received: true });
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
