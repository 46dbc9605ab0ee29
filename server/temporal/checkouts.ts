import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
} from "@temporalio/client";
import type { PaymentId } from "../../domain/values/ids.ts";
import { type Instant, MINUTE_MS } from "../../domain/values/time.ts";
import { CHECKOUT_RECOVERY, checkoutStartOf } from "../../workflows/contract.ts";
import { callTemporal } from "./call-temporal.ts";

/** How long the gateway remembers that the policy ignores one-time payments. */
const IGNORED_FOR_MS = 10 * MINUTE_MS;

/** A workflow that ignores its payment ends at once; any other runs for up to a day. */
const RESULT_TIMEOUT_MS = 10_000;

/** Recoveries of payments without a subscription. */
export type Checkouts = {
  /**
   * Resolves once Temporal has started the payment's workflow. `already_started`: it was started before. `ignored`: the
   * policy ignores one-time payments.
   */
  readonly start: (paymentId: PaymentId) => Promise<"started" | "already_started" | "ignored">;
};

/**
 * Only the worker knows the policy: a checkout's workflow reads it first, and ends at once if the policy ignores
 * one-time payments. The gateway remembers that result for a while, so a busy shop starts one such workflow in ten
 * minutes instead of one per failed payment. If the policy changes meanwhile, the sweep finds the skipped payments.
 *
 * @param client null until connected
 */
export function createCheckouts(
  client: () => Client | null,
  taskQueue: string,
  now: () => Instant,
): Checkouts {
  let ignoredUntil: Instant = 0;
  const remember = async (handle: WorkflowHandle): Promise<void> => {
    const signal = AbortSignal.timeout(RESULT_TIMEOUT_MS);
    const result: unknown = await handle.client.withAbortSignal(signal, () => handle.result());
    if (isIgnored(result)) ignoredUntil = now() + IGNORED_FOR_MS;
  };
  return {
    start: async (paymentId) => {
      if (now() < ignoredUntil) return "ignored";
      const options = { ...checkoutStartOf(paymentId), taskQueue };
      try {
        const handle = await callTemporal(client, (connected) =>
          connected.workflow.start(CHECKOUT_RECOVERY, options),
        );
        // In the background: the webhook's answer does not depend on the result.
        remember(handle).catch(() => undefined);
        return "started";
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return "already_started";
        throw error;
      }
    },
  };
}

function isIgnored(result: unknown): boolean {
  return (result as { readonly outcome?: unknown } | null)?.outcome === "ignored";
}
