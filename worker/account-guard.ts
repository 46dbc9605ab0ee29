import type { Client } from "@temporalio/client";
import type { OnRefusedAccount } from "../dodo/port.ts";
import { describeError } from "../domain/values/own-error.ts";
import type { Log } from "../platform/log.ts";
import type { ChargingSwitch } from "../platform/temporal/charging-switch.ts";

/** Temporal answers in milliseconds, and the activity that met the refusal waits for the stop. */
const STOP_TIMEOUT_MS = 3_000;

/** A stop becomes visible after a moment; until then, further refusals do not stop again. */
const QUIET_MS = 10_000;

/**
 * Stops all charges as soon as Dodo rejects the account's API key, until a person resumes them. Never throws: without
 * the stop, Dodo rejects the charges all the same.
 *
 * @param alertOperator called by the worker that stopped the charges, with Dodo's answer
 * @source docs/ARCHITECTURE.md, "Stopping all charges"
 */
export function createAccountGuard(
  client: Pick<Client, "withAbortSignal">,
  charging: ChargingSwitch,
  alertOperator: (answer: string) => Promise<void>,
  log: Log,
): OnRefusedAccount {
  let stopping: Promise<void> | null = null;
  const stop = async (answer: string): Promise<void> => {
    const reason = `Dodo rejects the API key: ${answer}. Correct it, restart the workers, then resume charging`;
    try {
      const timeout = AbortSignal.timeout(STOP_TIMEOUT_MS);
      const { isNew } = await client.withAbortSignal(timeout, () =>
        charging.stop(reason, "worker"),
      );
      if (!isNew) return;
      log.error({ event: "charging_stopped", answer }, reason);
      // In the background, so the activity does not wait for the alert.
      void alertOperator(answer).catch((error: unknown) =>
        log.error({ event: "operator_alert_failed", cause: "account_refused", answer, error }),
      );
    } catch (error) {
      const detail = describeError(error);
      log.error({ event: "charging_stop_failed", answer, detail }, "charging could not be stopped");
    }
  };
  // Calls that are rejected at about the same time share one stop.
  return async (answer) => {
    stopping ??= stop(answer).finally(() => {
      setTimeout(() => (stopping = null), QUIET_MS).unref();
    });
    await stopping;
  };
}
