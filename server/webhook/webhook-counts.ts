import type { FastifyReply, FastifyRequest } from "fastify";
import { WEBHOOK_TYPES } from "../../dodo/webhook-events.ts";
import { alertCounts, type Count, zero } from "../../domain/metrics/catalogue.ts";
import type { Metrics } from "../../platform/metrics/metrics.ts";

/** `unverified`: its signature is missing, wrong or old, or was not checked, so its type is anybody's. */
const UNVERIFIED = "unverified";
const OTHER = "other";

/** Counts the answers to webhooks by event type; of types that Dodo does not document as `other`. */
export type WebhookCounter = {
  /** Remembers the type of a request whose signature was right. @param type null: not an event */
  readonly verified: (request: FastifyRequest, type: string | null) => void;
  /** To be called once the answer was sent. */
  readonly answered: (request: FastifyRequest, reply: FastifyReply) => void;
};

export function createWebhookCounter({ add, observe }: Metrics): WebhookCounter {
  const types = new WeakMap<FastifyRequest, string>();
  return {
    verified: (request, type) => {
      types.set(request, WEBHOOK_TYPES.find((known) => known === type) ?? OTHER);
    },
    answered: (request, { statusCode, elapsedTime }) => {
      const labels = { type: types.get(request) ?? UNVERIFIED, answer: String(statusCode) };
      add({ metric: "reprise_webhooks_total", labels, by: 1 });
      if (statusCode === 200) observe("reprise_webhook_ack_seconds", elapsedTime / 1_000, {});
    },
  };
}

/** The series that a gateway shows from its start. */
export function gatewayCounts(): readonly Count[] {
  const answers = [...WEBHOOK_TYPES, OTHER].flatMap((type) =>
    ["200", "503"].map((answer) => zero("reprise_webhooks_total", { type, answer })),
  );
  const refused = ["401", "413", "503"].map((answer) =>
    zero("reprise_webhooks_total", { type: UNVERIFIED, answer }),
  );
  const malformed = zero("reprise_webhooks_total", { type: OTHER, answer: "400" });
  return [...answers, ...refused, malformed, ...alertCounts()];
}
