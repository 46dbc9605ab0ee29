import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
} from "@temporalio/client";
import type { CheckoutReport } from "../../domain/checkout/checkout.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import { type Instant, MINUTE_MS } from "../../domain/values/time.ts";
import {
  CHECKOUT_RECOVERY,
  CHECKOUT_REPORTED_SIGNAL,
  checkoutStartOf,
} from "../../workflows/contract.ts";
import { callTemporal, signalIfOpen, type SignalResult } from "./call-temporal.ts";

/** How long the gateway remembers that the policy ignores one-time payments. */
const IGNORED_FOR_MS = 10 * MINUTE_MS;

/** A workflow that ignores its payment ends at once; any other runs for a day or longer. */
const RESULT_TIMEOUT_MS = 10_000;

/** Recoveries of payments without a subscription. */
export type Checkouts = {
  /**
   * Passes what Dodo reports about a checkout to its workflow. A failed or abandoned one starts the workflow if the payment
   * has had none. Resolves once Temporal has it. `ignored`: the policy ignores one-time payments.
   */
  readonly report: (
    paymentId: PaymentId,
    report: CheckoutReport,
  ) => Promise<"started" | "ignored" | SignalResult>;
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
  const start = async (
    paymentId: PaymentId,
  ): Promise<"started" | "already_started" | "ignored"> => {
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
  };
  const signal = async (paymentId: PaymentId, report: CheckoutReport): Promise<SignalResult> =>
    await callTemporal(client, (connected) =>
      signalIfOpen(
        connected,
        checkoutStartOf(paymentId).workflowId,
        CHECKOUT_REPORTED_SIGNAL,
        report,
      ),
    );
  return {
    report: async (paymentId, report) => {
      if (report.kind === "recovered") return await signal(paymentId, report);
      const result = await start(paymentId);
      // A new workflow reads Dodo first, which shows the failure; only the report says that Dodo sends emails of its own.
      if (result === "ignored" || (result === "started" && report.kind === "failed")) return result;
      const signaled = await signal(paymentId, report);
      return result === "started" ? result : signaled;
    },
  };
}

function isIgnored(result: unknown): boolean {
  return (result as { readonly outcome?: unknown } | null)?.outcome === "ignored";
}
