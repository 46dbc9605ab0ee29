import type { Rejection } from "../../dodo/webhook-signature.ts";

/** How a rejected delivery is answered and logged. */
export type WebhookRefusal = {
  /** The `error` of the answer. */
  readonly error: string;
  /** `skewSeconds`: how much later the delivery was signed than this machine's clock says. */
  readonly fields: { readonly reason: string; readonly skewSeconds?: number };
  /** The log line: what happened, and what to do. */
  readonly text: string;
};

/** A delivery from the wrong time is told apart from one with the wrong signature: the remedies differ. */
export function webhookRefusalOf(rejection: Rejection): WebhookRefusal {
  switch (rejection.why) {
    case "clock": {
      const skewSeconds = Math.round(rejection.aheadMs / 1_000);
      const side = skewSeconds < 0 ? "behind" : "ahead of";
      const apart = `${Math.abs(skewSeconds)} s ${side} this machine's clock`;
      return {
        error: `clock: the timestamp is ${apart}`,
        fields: { reason: "clock", skewSeconds },
        text:
          `A webhook has a timestamp ${apart}; five minutes are allowed. Its signature was not checked. ` +
          "If all of Dodo's deliveries are refused so, synchronize this machine's clock. If it is right, the delivery is old, a replay or a forgery.",
      };
    }
    case "headers":
      return {
        error: "invalid signature",
        fields: { reason: "headers" },
        text: "A webhook lacks a header of Standard Webhooks, or has a malformed one, so it is not from Dodo.",
      };
    case "body":
      return {
        error: "invalid signature",
        fields: { reason: "body" },
        text: "A webhook's body is not UTF-8, so it is not an event of Dodo's.",
      };
    case "signature":
      return {
        error: "invalid signature",
        fields: { reason: "signature" },
        text: "A webhook's signature matches no key. Check that DODO_PAYMENTS_WEBHOOK_KEY is the secret of this endpoint at Dodo.",
      };
  }
}
