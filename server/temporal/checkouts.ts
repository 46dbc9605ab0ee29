import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
} from "@temporalio/client";
import type { PaymentId } from "../../domain/values/ids.ts";
import { type Instant, MINUTE_MS } from "../../domain/values/time.ts";
import { CHECKOUT_RECOVERY, checkoutStartOf } from "../../workflows/contract.ts";
import { askTemporal } from "./ask-temporal.ts";

/** How long "one-time payments are ignored" is believed before it is asked again. */
const BELIEVED_MS = 10 * MINUTE_MS;

/** A workflow that has nothing to do says so at once; one that has, within a day. */
const ANSWER_WITHIN_MS = 10_000;

/** Payments without a subscription, as the gateway sees them. */
export type Checkouts = {
  /** Resolves once Temporal holds it, or when the policy is known to ignore it. */
  readonly follow: (paymentId: PaymentId) => Promise<"followed" | "known" | "ignored">;
};

/**
 * The policy is the worker's: a checkout's workflow reads it first and ends at once where one-time payments are
 * ignored. That answer is remembered for a while, so that a busy shop costs one workflow in ten minutes, not one for
 * each failure. What is passed over meanwhile the sweep finds, should the policy have changed.
 *
 * @param client null until a connection is made
 */
export function createCheckouts(
  client: () => Client | null,
  taskQueue: string,
  now: () => Instant,
): Checkouts {
  let ignoredUntil: Instant = 0;
  const remember = async (handle: WorkflowHandle): Promise<void> => {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const result: unknown = await handle.client.withAbortSignal(signal, () => handle.result());
    if (isIgnored(result)) ignoredUntil = now() + BELIEVED_MS;
  };
  return {
    follow: async (paymentId) => {
      if (now() < ignoredUntil) return "ignored";
      const options = { ...checkoutStartOf(paymentId), taskQueue };
      try {
        const handle = await askTemporal(client, (connected) =>
          connected.workflow.start(CHECKOUT_RECOVERY, options),
        );
        // In the background: no answer, or another one, changes nothing.
        remember(handle).catch(() => undefined);
        return "followed";
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return "known";
        throw error;
      }
    },
  };
}

function isIgnored(result: unknown): boolean {
  return (result as { readonly outcome?: unknown } | null)?.outcome === "ignored";
}
