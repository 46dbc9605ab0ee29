import type { FastifyInstance, FastifyReply, FastifyRequest, onResponseHookHandler } from "fastify";
import { readWebhook, translateWebhook } from "../../dodo/webhook-events.ts";
import {
  createVerifier,
  type Rejection,
  rejectionByHeaders,
  type WebhookHeaders,
} from "../../dodo/webhook-signature.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Metrics } from "../../platform/metrics/metrics.ts";
import { TEMPORAL_DEADLINE_MS, withinDeadline } from "../temporal/call-temporal.ts";
import { createEventRouter, type EventRouterDependencies } from "./event-router.ts";
import { createTurns, withoutBody } from "./large-bodies.ts";
import { createWebhookCounter } from "./webhook-counts.ts";
import { webhookRefusalOf } from "./webhook-refusal.ts";

/** Dodo's bodies have a few kilobytes; a larger one is rejected unread. */
export const BODY_BYTES_MAX = 1_048_576;

/** Dodo delivers a second time after five seconds. @source docs/dodo/webhooks.md, "Delivery" */
const RETRY_AFTER_S = 5;

export type WebhookRouteDependencies = EventRouterDependencies & {
  /** `whsec_…`; several while a key rotates. */
  readonly webhookKeys: readonly string[];
  readonly metrics: Metrics;
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
  const { webhookKeys, metrics, log, now } = dependencies;
  const verify = createVerifier(webhookKeys);
  const route = createEventRouter(dependencies);
  const awaitTurn = createTurns(BODY_BYTES_MAX);
  const reject = async (rejection: Rejection, reply: FastifyReply): Promise<FastifyReply> => {
    const { error, fields, text } = webhookRefusalOf(rejection);
    log.warn({ event: "webhook_rejected", ...fields, requestId: reply.request.id }, text);
    return await withoutBody(reply).code(401).send({ error });
  };
  /** Before the body is read. */
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const rejection = rejectionByHeaders(webhookHeadersOf(request), now());
    if (rejection !== null) return await reject(rejection, reply);
    if (await awaitTurn(request)) return undefined;
    return await notTaken(withoutBody(reply), "too many large bodies; deliver it again");
  };
  const counter = createWebhookCounter(metrics);
  const onResponse: onResponseHookHandler = (request, reply, done) => {
    counter.answered(request, reply);
    done();
  };
  const options = { bodyLimit: BODY_BYTES_MAX, onRequest, onResponse };
  app.post("/webhooks/dodo", options, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verdict = verify(body, webhookHeadersOf(request), now());
    if (verdict.kind === "rejected") return await reject(verdict, reply);
    const { webhookId } = verdict;
    const webhook = readWebhook(body);
    counter.verified(request, webhook?.type ?? null);
    const translation = translateWebhook(webhook, webhookId, now());
    if (translation.kind === "malformed") {
      log.warn({ event: "webhook_malformed", webhookId, reason: translation.why });
      return await reply.code(400).send({ error: translation.why });
    }
    if (translation.kind === "ignored") {
      log.info({ event: "webhook_ignored", webhookId, reason: translation.why });
      return await received(reply);
    }
    // One deadline for all calls to Temporal. Those that have not started by then do not start.
    const expired = new AbortController();
    try {
      const routed = route(translation, webhookId, webhook?.businessId ?? null, expired.signal);
      await withinDeadline(TEMPORAL_DEADLINE_MS, routed, (error) => expired.abort(error));
      return await received(reply);
    } catch (error) {
      log.error(
        { event: "webhook_failed", webhookId, err: error },
        "Temporal did not accept the event; Dodo will deliver it again",
      );
      return await notTaken(reply, "not accepted; deliver it again");
    }
  });
}

async function received(reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(200).send({ received: true });
}

async function notTaken(reply: FastifyReply, error: string): Promise<FastifyReply> {
  return await reply.code(503).header("retry-after", RETRY_AFTER_S).send({ error });
}

function webhookHeadersOf({ headers }: FastifyRequest): WebhookHeaders {
  return {
    id: oneOf(headers["webhook-id"]),
    timestamp: oneOf(headers["webhook-timestamp"]),
    signature: oneOf(headers["webhook-signature"]),
  };
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
