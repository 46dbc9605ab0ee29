import type { FastifyInstance, FastifyReply } from "fastify";
import { businessOf, translateWebhook } from "../../dodo/webhook-events.ts";
import { createVerifier } from "../../dodo/webhook-signature.ts";
import type { Instant } from "../../domain/values/time.ts";
import { TEMPORAL_DEADLINE_MS, withinDeadline } from "../temporal/call-temporal.ts";
import { createEventRouter, type EventRouterDependencies } from "./event-router.ts";
import { webhookRefusalOf } from "./webhook-refusal.ts";

/** Dodo's bodies have a few kilobytes; a larger one is rejected unread. */
export const BODY_BYTES_MAX = 1_048_576;

/** Dodo delivers a second time after five seconds. @source docs/dodo/webhooks.md, "Delivery" */
const RETRY_AFTER_S = 5;

export type WebhookRouteDependencies = EventRouterDependencies & {
  /** `whsec_…`; several while a key rotates. */
  readonly webhookKeys: readonly string[];
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
  const route = createEventRouter(dependencies);
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
    // One deadline for all calls to Temporal. Those that have not started by then do not start.
    const expired = AbortSignal.timeout(TEMPORAL_DEADLINE_MS);
    try {
      const routed = route(translation, webhookId, businessOf(body), expired);
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

async function received(reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(200).send({ received: true });
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
