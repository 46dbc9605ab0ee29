import type { Verdict } from "../../dodo/webhook-signature.ts";

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
export function webhookRefusalOf(verdict: Verdict & { kind: "rejected" }): WebhookRefusal {
  switch (verdict.why) {
    case "clock": {
      const skewSeconds = Math.round(verdict.aheadMs / 1_000);
      const side = skewSeconds < 0 ? "behind" : "ahead of";
      const apart = `${Math.abs(skewSeconds)} s ${side} this machine's clock`;
      return {
        error: `clock: the timestamp is ${apart}`,
        fields: { reason: "clock", skewSeconds },
        text:
          `A webhook with a valid signature has a timestamp ${apart}; five minutes are allowed. ` +
          "Synchronize this machine's clock. If it is right, the delivery is old or a replay.",
      };
    }
    case "headers":
      return {
        error: "invalid signature",
        fields: { reason: "headers" },
        text: "A webhook lacks a header of Standard Webhooks, so it is not from Dodo.",
      };
    case "signature":
      return {
        error: "invalid signature",
        fields: { reason: "signature" },
        text: "A webhook's signature matches no key. Check that DODO_PAYMENTS_WEBHOOK_KEY is the secret of this endpoint at Dodo.",
      };
  }
}
