import type { Client } from "@temporalio/client";
import type { OnRefusedAccount } from "../dodo/port.ts";
import type { Log } from "../platform/log.ts";
import type { ChargingSwitch } from "../platform/temporal/charging-switch.ts";

/** Temporal answers in milliseconds; the activity that met the refusal waits for it. */
const STOP_WITHIN_MS = 3_000;

/** What stands is seen by all a moment later: until then one stop is enough. */
const QUIET_MS = 10_000;

/**
 * Stops all charging when Dodo refuses the account's key: at once, by whichever worker meets it first, and until a
 * person resumes it. Never throws: where Temporal does not take the stop, the calls are refused all the same.
 *
 * @source design, "Limits, by Temporal itself"
 */
export function createAccountGuard(
  client: Pick<Client, "withAbortSignal">,
  charging: ChargingSwitch,
  tellOperator: (said: string) => Promise<void>,
  log: Log,
): OnRefusedAccount {
  let stopping: Promise<void> | null = null;
  const stop = async (said: string): Promise<void> => {
    const reason = `Dodo refuses the API key: ${said}. Mend it, restart the workers, then resume charging`;
    try {
      const within = AbortSignal.timeout(STOP_WITHIN_MS);
      const { isNew } = await client.withAbortSignal(within, () => charging.stop(reason, "worker"));
      if (!isNew) return;
      log.error({ event: "charging_stopped", said }, reason);
      // A mail server that is slow holds up nothing.
      void tellOperator(said).catch((error: unknown) =>
        log.error({ event: "not_told", said, error }),
      );
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      log.error({ event: "charging_not_stopped", said, detail }, "charging could not be stopped");
    }
  };
  // Calls that are refused at about the same time wait for one stop.
  return async (said) => {
    stopping ??= stop(said).finally(() => {
      setTimeout(() => (stopping = null), QUIET_MS).unref();
    });
    await stopping;
  };
}
