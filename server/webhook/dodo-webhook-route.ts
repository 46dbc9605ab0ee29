import type { FastifyInstance, FastifyReply } from "fastify";
import { type RoutedToMandate, translateWebhook } from "../../dodo/webhook-events.ts";
import { createVerifier } from "../../dodo/webhook-signature.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import type { Mandates } from "../api/mandates/mandates.ts";
import type { Checkouts } from "../temporal/checkouts.ts";
import type { Recoveries } from "../temporal/recoveries.ts";

/** Dodo's bodies are a few kilobytes; nothing larger is read. */
export const BODY_BYTES_MAX = 1_048_576;

/** Dodo's second delivery comes after five seconds. @source dodo.md 4.4 */
const RETRY_AFTER_S = 5;

export type WebhookRouteDependencies = {
  readonly webhookKeys: readonly string[];
  readonly recoveries: Recoveries;
  readonly checkouts: Checkouts;
  readonly mandates: Mandates;
  readonly log: Log;
  readonly now: () => Instant;
};

/**
 * `POST /webhooks/dodo`: the raw bytes are verified before anything is made of them, and 200 is answered only
 * once Temporal holds the event.
 */
export function addDodoWebhookRoute(
  app: FastifyInstance,
  { webhookKeys, recoveries, checkouts, mandates, log, now }: WebhookRouteDependencies,
): void {
  const verify = createVerifier(webhookKeys);
  const tellMandate = async ({ mandateId, report }: RoutedToMandate): Promise<void> => {
    const result = await mandates.tell(mandateId, report);
    const { webhookId, type } = report;
    log.info({ event: "webhook_told", webhookId, type, mandateId, result });
  };
  app.post("/webhooks/dodo", { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verdict = verify(body, {
      id: oneOf(request.headers["webhook-id"]),
      timestamp: oneOf(request.headers["webhook-timestamp"]),
      signature: oneOf(request.headers["webhook-signature"]),
    });
    if (verdict.kind === "rejected") {
      log.warn({ event: "webhook_rejected", why: verdict.why });
      return await reply.code(401).send({ error: "not signed by a key of ours" });
    }
    const { webhookId } = verdict;
    const translation = translateWebhook(body, webhookId, now());
    if (translation.kind === "malformed") {
      log.warn({ event: "webhook_malformed", webhookId, why: translation.why });
      return await reply.code(400).send({ error: translation.why });
    }
    if (translation.kind === "ignored") {
      log.info({ event: "webhook_ignored", webhookId, why: translation.why });
      return await received(reply);
    }
    try {
      if (translation.kind === "checkout") {
        const { paymentId } = translation;
        const result = await checkouts.follow(paymentId);
        log.info({ event: "webhook_told", webhookId, paymentId, result });
        return await received(reply);
      }
      const { routed: events, mandate } = translation;
      await Promise.all([
        ...events.map(async (routed) => {
          const result = await recoveries.tell(routed);
          const { subscriptionId, event } = routed;
          log.info({ event: "webhook_told", webhookId, type: event.type, subscriptionId, result });
        }),
        ...(mandate === null ? [] : [tellMandate(mandate)]),
      ]);
      return await received(reply);
    } catch (error) {
      log.error({ event: "webhook_not_taken", webhookId, err: error }, "Temporal has not taken it");
      return await reply
        .code(503)
        .header("retry-after", RETRY_AFTER_S)
        .send({ error: "not taken; please deliver again" });
    }
  });
}

async function received(reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(200).send({ received: true });
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
